"""智检: the open platform for 一码查报告、一网管机构. Start with docs/map.md."""
