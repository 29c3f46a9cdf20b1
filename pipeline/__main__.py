"""`python -m pipeline` is `wiki-relations`."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
