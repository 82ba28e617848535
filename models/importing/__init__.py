"""What a third-party network is for: its roles, known models, the trial before it joins the library."""
