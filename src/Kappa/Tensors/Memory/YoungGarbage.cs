namespace Kappa.Tensors.Memory;

/// <summary>Collects the small objects of past steps before they pile up.</summary>
/// <remarks>
/// A step makes a few kilobytes of short-lived objects: tensors, graph nodes, scopes. The runtime collects them when its youngest generation has reached its
/// budget, which follows the size of the last level cache: 260 MB on a large server, so that the resident size of a process that needs 100 MB creeps
/// up for tens of thousands of steps. No setting of the runtime bounds that budget for a library. Between steps hardly any young object is
/// alive, so that a collection there takes some hundred microseconds, once in about a thousand steps. Keeping the objects for use again
/// would be an error waiting to happen: a reference to a tensor of a past step would silently become another tensor.
/// </remarks>
internal static class YoungGarbage
{
    /// <summary>Bytes that a thread allocates between collections.</summary>
    internal const long Limit = 4 << 20;

    [ThreadStatic]
    private static long _allocatedBefore;

    [ThreadStatic]
    private static int _collectionsBefore;

    /// <summary>Collects the youngest generation if this thread has allocated more than <see cref="Limit"/> since it was last collected, by whomever.</summary>
    internal static void CollectIfDue()
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        if (allocated - _allocatedBefore < Limit)
            return;
        // Only looked at here, so that most steps ask the runtime one question.
        if (GC.CollectionCount(0) == _collectionsBefore)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        _allocatedBefore = allocated;
        _collectionsBefore = GC.CollectionCount(0);
    }
}
