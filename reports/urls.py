from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("ban-lam-viec/", views.desk, name="desk"),
    path("bao-cao/", views.board, name="board"),
    path("khoi-thi-dua/<int:pk>/<int:year>/bang/", views.block_grid, name="block_grid"),
    path("quan-tri/nhat-ky/", views.journal, name="journal"),
]
