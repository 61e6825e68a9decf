"""What at least two apps of the portal share."""
