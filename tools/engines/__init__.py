"""The engines that a platform can be measured on, one file each; `tools.engine` opens them."""
