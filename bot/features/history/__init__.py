"""The gallery: picture by picture, nine at a glance, narrowed by a filter."""
