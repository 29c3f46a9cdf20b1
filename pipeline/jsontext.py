"""JSON as the outputs hold it: on one line, no character escaped that need not be."""

from __future__ import annotations

import json

# `json.dumps` with an option makes an encoder on every call, and rows, parts and annotations are many.
to_json = json.JSONEncoder(ensure_ascii=False).encode
