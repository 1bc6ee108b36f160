/* spin: computes for ever, to be preempted and killed. */
int main(void)
{
	for (;;)
		asm volatile("");
}
