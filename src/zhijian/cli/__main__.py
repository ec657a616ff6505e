"""`python -m zhijian.cli`"""

from zhijian.cli import main

main()
