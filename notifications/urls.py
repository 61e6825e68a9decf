from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("thong-bao/", views.notice_list, name="notice_list"),
    path("thong-bao/da-doc/", views.notices_read, name="notices_read"),
    path("thong-bao/<int:pk>/", views.notice_open, name="notice_open"),
    path("thong-bao/<int:pk>/da-doc/", views.notice_read, name="notice_read"),
    path("tai-khoan/thong-bao/", views.preferences, name="preferences"),
    path("tai-khoan/lich/", views.calendar_make, name="calendar_make"),
    path("tai-khoan/lich/thu-hoi/", views.calendar_revoke, name="calendar_revoke"),
    path("lich/<str:token>.ics", views.calendar_feed, name="calendar_feed"),
    path("quan-tri/hop-thu/", views.mail_folder, name="mail_folder"),
    path("quan-tri/hop-thu/<str:name>/", views.mail_detail, name="mail_detail"),
]
