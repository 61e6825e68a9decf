"""Who may call the public addresses: everybody."""

from core.access_table import GET, Row

RULES = {"public": "recognised, agreed to be shown, not on hold; photos with a caption and known consent"}
ROWS = [
    Row("showcase:front", GET, "Front page", public=True),
    Row("showcase:story_list", GET, "Public stories", public=True),
    Row("showcase:story", GET, "One public story", record="public", public=True),
    Row("showcase:photo", GET, "A photo of a public story", record="public", public=True),
]
