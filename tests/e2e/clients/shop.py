"""One call of Domeneshop's own client: shop.py METHOD ARGUMENT..., each argument as JSON, the result as JSON.

TOKEN and SECRET come from the environment. What the client refuses is said in its own words; the exit code is then 1.
"""

import json
import os
import sys

import domeneshop
from domeneshop.client import DomeneshopError

client = domeneshop.Client(os.environ["TOKEN"], os.environ["SECRET"])
try:
    result = getattr(client, sys.argv[1])(*map(json.loads, sys.argv[2:]))
except DomeneshopError as error:
    sys.exit(str(error))
print(json.dumps(result))
