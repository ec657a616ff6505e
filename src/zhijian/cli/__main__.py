"""`python -m zhijian.cli`"""

from zhijian.cli.entry import main

main()
