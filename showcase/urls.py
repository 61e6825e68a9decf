from django.urls import path

from showcase import views

app_name = "showcase"
urlpatterns = [
    path("", views.front, name="front"),
    path("guong-dien-hinh/", views.story_list, name="story_list"),
    path("guong-dien-hinh/<int:pk>-<slug:slug>/", views.story, name="story"),
    path("guong-dien-hinh/anh/<int:pk>/<str:variant>/", views.photo, name="photo"),
]
