"""The addresses of tasks, for the test of all addresses; who may open which record is tested in test_task_access."""

SPACE = "campaigns:"
#: Addresses that answer nothing but POST.
POSTED = {
    f"{SPACE}{name}"
    for name in (
        "task_autosave",
        "task_paste_save",
        "task_file_add",
        "task_submit",
        "task_withdraw",
        "task_gather",
        "task_accept",
        "task_return",
        "extension_grant",
        "extension_refuse",
    )
}
#: Addresses that also take a POST.
FORMS = {f"{SPACE}{name}" for name in ("task_report", "task_check", "task_paste", "task_file_remove", "extension_ask")}
#: Addresses that only read.
PAGES = {
    f"{SPACE}{name}"
    for name in (
        "task_detail",
        "task_version",
        "task_document",
        "task_assembly",
        "unit_duties",
        "task_file",
        "task_receipt",
        "task_review",
        "extension_answer",
    )
}
RECORDS = POSTED | FORMS | PAGES
#: What stands in an address after the key of the record.
MORE_ARGS = {f"{SPACE}task_version": [1], f"{SPACE}unit_duties": [2023]}
