"""Run the worker, without a network: `python -m models.worker [--library FOLDER]`."""

from ..offline import close_network

if __name__ == "__main__":
    close_network()
    from .process import main  # what it imports loads the libraries

    main()
