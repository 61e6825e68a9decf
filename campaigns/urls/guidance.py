from django.urls import path

from campaigns.views import enclosures, guidance, questions

urlpatterns = [
    path("huong-dan/", guidance.guidance_list, name="guidance_list"),
    path("huong-dan/them/", guidance.guidance_new, name="guidance_new"),
    path("huong-dan/cau-hoi/", questions.question_list, name="question_list"),
    path("huong-dan/cau-hoi/<int:pk>/", questions.question_detail, name="question_detail"),
    path("huong-dan/cau-hoi/<int:pk>/tra-loi/", questions.question_answer, name="question_answer"),
    path("huong-dan/moc/<int:pk>/hoi/", questions.milestone_ask, name="milestone_ask"),
    path("huong-dan/<int:pk>/", guidance.guidance_detail, name="guidance_detail"),
    path("huong-dan/<int:pk>/sua/", guidance.guidance_edit, name="guidance_edit"),
    path("huong-dan/<int:pk>/tep-moi/", enclosures.guidance_file_add, name="guidance_file_add"),
    path("huong-dan/<int:pk>/ban-hanh/", guidance.guidance_publish, name="guidance_publish"),
    path("huong-dan/<int:pk>/thay-the/", guidance.guidance_replace, name="guidance_replace"),
    path("huong-dan/<int:pk>/thu-hoi/", guidance.guidance_withdraw, name="guidance_withdraw"),
    path("huong-dan/<int:pk>/da-doc/", guidance.guidance_read, name="guidance_read"),
    path("huong-dan/<int:pk>/nguoi-doc/", guidance.guidance_readers, name="guidance_readers"),
    path("huong-dan/<int:pk>/nhac/", guidance.guidance_remind, name="guidance_remind"),
    path("huong-dan/<int:pk>/hoi/", questions.guidance_ask, name="guidance_ask"),
]
