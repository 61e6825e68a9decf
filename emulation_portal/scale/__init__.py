"""Generated data of the size of a district, a province or the nation: the same every time, written in portions."""
