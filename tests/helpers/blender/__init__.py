"""What tests inside Blender share: strips and jobs, panels without a window, pictures and what is rendered of them."""
