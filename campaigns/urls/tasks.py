from django.urls import path

from campaigns.views import assembly, extensions, report_files, report_form, report_paste, review, tasks

urlpatterns = [
    path("ke-hoach/nhiem-vu/", tasks.task_list, name="task_list"),
    path("ke-hoach/nhiem-vu/cho-nhan/", review.task_queue, name="task_queue"),
    path("ke-hoach/nhiem-vu/tep/<int:pk>/", report_files.task_file, name="task_file"),
    path("ke-hoach/nhiem-vu/tep/<int:pk>/bo/", report_files.task_file_remove, name="task_file_remove"),
    path("ke-hoach/nhiem-vu/<int:pk>/", tasks.task_detail, name="task_detail"),
    path("ke-hoach/nhiem-vu/<int:pk>/bao-cao/", report_form.task_report, name="task_report"),
    path("ke-hoach/nhiem-vu/<int:pk>/bao-cao/luu-tu-dong/", report_form.task_autosave, name="task_autosave"),
    path("ke-hoach/nhiem-vu/<int:pk>/bao-cao/xem-lai/", report_form.task_check, name="task_check"),
    path("ke-hoach/nhiem-vu/<int:pk>/bao-cao/dan-so/", report_paste.task_paste, name="task_paste"),
    path("ke-hoach/nhiem-vu/<int:pk>/bao-cao/dan-so/luu/", report_paste.task_paste_save, name="task_paste_save"),
    path("ke-hoach/nhiem-vu/<int:pk>/bao-cao/tep-moi/", report_files.task_file_add, name="task_file_add"),
    path("ke-hoach/nhiem-vu/<int:pk>/nop/", tasks.task_submit, name="task_submit"),
    path("ke-hoach/nhiem-vu/<int:pk>/rut/", tasks.task_withdraw, name="task_withdraw"),
    path("ke-hoach/nhiem-vu/<int:pk>/bien-nhan/", tasks.task_receipt, name="task_receipt"),
    path("ke-hoach/nhiem-vu/<int:pk>/ban/<int:number>/", tasks.task_version, name="task_version"),
    path("ke-hoach/nhiem-vu/<int:pk>/van-ban/", tasks.task_document, name="task_document"),
    path("ke-hoach/nhiem-vu/<int:pk>/xet/", review.task_review, name="task_review"),
    path("ke-hoach/nhiem-vu/<int:pk>/nhan/", review.task_accept, name="task_accept"),
    path("ke-hoach/nhiem-vu/<int:pk>/tra-lai/", review.task_return, name="task_return"),
    path("ke-hoach/nhiem-vu/<int:pk>/gia-han/", extensions.extension_ask, name="extension_ask"),
    path("ke-hoach/nhiem-vu/<int:pk>/tong-hop/", assembly.task_assembly, name="task_assembly"),
    path("ke-hoach/nhiem-vu/<int:pk>/tong-hop/lay/", assembly.task_gather, name="task_gather"),
    path("ke-hoach/gia-han/<int:pk>/", extensions.extension_answer, name="extension_answer"),
    path("ke-hoach/gia-han/<int:pk>/dong-y/", extensions.extension_grant, name="extension_grant"),
    path("ke-hoach/gia-han/<int:pk>/khong/", extensions.extension_refuse, name="extension_refuse"),
    path("ke-hoach/don-vi/<int:unit>/<int:year>/", tasks.unit_duties, name="unit_duties"),
]
