namespace Kappa.Pieces;

/// <summary>A process that trains alone: every sum over the processes is its own.</summary>
public sealed class SoleProcess : IProcessGroup
{
    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public long BytesSent => 0;

    /// <inheritdoc/>
    public void Sum(Span<float> values)
    {
        // The sum of one.
    }

    /// <inheritdoc/>
    public void Sum(Span<double> values)
    {
        // The sum of one.
    }

    /// <inheritdoc/>
    public void ReduceScatter(Span<float> values, ReadOnlySpan<int> bounds)
    {
        // The only part is the whole.
    }

    /// <inheritdoc/>
    public void ReduceScatter(Span<double> values, ReadOnlySpan<int> bounds)
    {
        // The only part is the whole.
    }

    /// <inheritdoc/>
    public void AllGather(Span<float> values, ReadOnlySpan<int> bounds)
    {
        // The only part is the whole.
    }

    /// <inheritdoc/>
    public void AllGather(Span<double> values, ReadOnlySpan<int> bounds)
    {
        // The only part is the whole.
    }

    /// <inheritdoc/>
    public byte[][] Gather(ReadOnlySpan<byte> message) => [message.ToArray()];

    /// <inheritdoc/>
    public void Barrier()
    {
        // There is nobody to wait for.
    }

    /// <inheritdoc/>
    public void RequireOthers()
    {
        // There are none.
    }
}
