/* The RAM disk: the file system that the build made, changed in place while the kernel runs. */
	.data
	.balign 4096
	.global fs_image, fs_image_end
fs_image:
	.incbin TWIN_IMAGE
fs_image_end:
