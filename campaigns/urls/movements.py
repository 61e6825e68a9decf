from django.urls import path

from campaigns.views import enclosures
from campaigns.views import movements as views

urlpatterns = [
    path("phong-trao/", views.movement_list, name="movement_list"),
    path("phong-trao/moi/", views.movement_add, name="movement_add"),
    path("phong-trao/<int:pk>/", views.movement_detail, name="movement_detail"),
    path("phong-trao/<int:pk>/sua/", views.movement_edit, name="movement_edit"),
    path("phong-trao/<int:pk>/tep-moi/", enclosures.movement_file_add, name="movement_file_add"),
    path("phong-trao/<int:pk>/phat-dong/", views.movement_launch, name="movement_launch"),
    path("phong-trao/<int:pk>/ket-thuc/", views.movement_end, name="movement_end"),
    path("phong-trao/<int:pk>/mo-lai/", views.movement_reopen, name="movement_reopen"),
    path("phong-trao/<int:pk>/tham-gia/", views.movement_join, name="movement_join"),
    path("phong-trao/<int:pk>/thoi-tham-gia/<int:joining>/", views.movement_leave, name="movement_leave"),
]
