"""The restyle filters: oil, watercolor, cel, ink, pencil, comic."""
