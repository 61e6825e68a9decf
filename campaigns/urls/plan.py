"""Addresses of the programme, its milestones and their urging."""

from django.urls import path

from campaigns.views import milestone, owner, programme, schedule, urging

urlpatterns = [
    path("ke-hoach/", schedule.schedule, name="schedule"),
    path("ke-hoach/bang-theo-doi/", schedule.progress_grid, name="progress_grid"),
    path("ke-hoach/so-lieu/", schedule.progress_numbers, name="progress_numbers"),
    path("ke-hoach/danh-sach/", schedule.progress_list, name="progress_list"),
    path("ke-hoach/moc/<int:pk>/", schedule.milestone_detail, name="milestone_detail"),
    path("ke-hoach/moc/<int:pk>/don-doc/", urging.urge_page, name="urge"),
    path("ke-hoach/moc/<int:pk>/sua/", milestone.milestone_edit, name="milestone_edit"),
    path("ke-hoach/moc/<int:pk>/xoa/", milestone.milestone_delete, name="milestone_delete"),
    path("ke-hoach/moc/<int:pk>/cong-bo/", milestone.milestone_publish, name="milestone_publish"),
    path("ke-hoach/moc/<int:pk>/lap-lai/", milestone.milestone_repeat, name="milestone_repeat"),
    path("ke-hoach/moc/<int:pk>/doi-han/", milestone.milestone_due, name="milestone_due"),
    path("ke-hoach/moc/<int:pk>/khong-nhac/", milestone.milestone_exceptions, name="milestone_exceptions"),
    path("ke-hoach/moc/<int:pk>/khong-nhac/<int:exception>/bo/", milestone.exception_remove, name="exception_remove"),
    path("ke-hoach/don-doc/", urging.urging_list, name="urging_list"),
    path("ke-hoach/don-doc/<int:pk>/", urging.urging_detail, name="urging_detail"),
    path("ke-hoach/don-doc/<int:pk>/cong-van/", urging.urging_paper, name="urging_paper"),
    path("ke-hoach/chuong-trinh/<int:pk>/", programme.programme_edit, name="programme_edit"),
    path("ke-hoach/chuong-trinh/<int:pk>/moc-moi/", milestone.milestone_new, name="milestone_new"),
    path("ke-hoach/chuong-trinh/<int:pk>/can-cu/", programme.basis_add, name="basis_add"),
    path("ke-hoach/chuong-trinh/<int:pk>/can-cu/<int:basis>/bo/", programme.basis_remove, name="basis_remove"),
    path("ke-hoach/chuong-trinh/<int:pk>/chi-tieu/", programme.programme_goals, name="programme_goals"),
    path("ke-hoach/chuong-trinh/<int:pk>/giai-doan-sau/", programme.programme_clone, name="programme_clone"),
    path("ke-hoach/chuong-trinh/<int:pk>/dong/", programme.programme_close, name="programme_close"),
    path("ke-hoach/giao-lai/<int:pk>/", owner.task_hand_over, name="task_hand_over"),
    path("ke-hoach/giao-lai/don-vi/<int:pk>/", owner.unit_hand_over, name="unit_hand_over"),
]
