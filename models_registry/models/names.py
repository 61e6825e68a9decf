from django.db import models

from .exemplar import Exemplar


class SubjectName(models.Model):
    """A name under which the subject of a record is found again: its own, or that of somebody in it.

    Written from the content as it stands (`sent` false, for the own unit) and as it was last sent (`sent` true, for all
    others). `area` is the district, so that a look-up reads the same few rows however large the registry grows.
    """

    exemplar = models.ForeignKey(Exemplar, on_delete=models.CASCADE, related_name="names")
    area = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    part = models.CharField(max_length=12)
    marked = models.CharField(max_length=250)
    birth_year = models.PositiveSmallIntegerField(null=True)
    sent = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["area", "key"], name="subject_name_key")]

    def __str__(self) -> str:
        return f"{self.exemplar_id}:{self.part}"
