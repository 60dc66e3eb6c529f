namespace Kappa.Tests.Shared;

/// <summary>What work allocates each time.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>The least managed bytes that this thread allocated in one of several rounds: what work takes each time is in all of them, and what the runtime
    /// takes once, such as when it compiles a method anew, in one.</summary>
    internal static long Least(Action work)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
