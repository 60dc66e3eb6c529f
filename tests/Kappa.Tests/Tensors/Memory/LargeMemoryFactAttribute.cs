namespace Kappa.Tests.Tensors.Memory;

/// <summary>A test at the size of the largest tensors, which is skipped, with the reason, where the machine has no room for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LargeMemoryFactAttribute : FactAttribute
{
    private const long Needed = 6L << 30;

    public LargeMemoryFactAttribute()
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (available < Needed)
            Skip = $"needs {Needed >> 30} GiB of memory; this process may use {available >> 30}";
    }
}
