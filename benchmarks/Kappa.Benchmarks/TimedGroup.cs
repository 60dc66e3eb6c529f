using System.Diagnostics;
using Kappa.Pieces;

namespace Kappa.Benchmarks;

/// <summary>Processes, with the time that the thread that computes spends on messages and on waiting for them; not with that of messages beside it.</summary>
internal sealed class TimedGroup(IProcessGroup inner) : IProcessGroup
{
    private readonly int _thread = Environment.CurrentManagedThreadId;

    internal double Seconds { get; set; }

    public int Rank => inner.Rank;

    public int Size => inner.Size;

    public long BytesSent => inner.BytesSent;

    public void Sum(Span<float> values)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Sum(values);
        Count(start);
    }

    public void Sum(Span<double> values)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Sum(values);
        Count(start);
    }

    public void ReduceScatter(Span<float> values, ReadOnlySpan<int> bounds)
    {
        long start = Stopwatch.GetTimestamp();
        inner.ReduceScatter(values, bounds);
        Count(start);
    }

    public void ReduceScatter(Span<double> values, ReadOnlySpan<int> bounds)
    {
        long start = Stopwatch.GetTimestamp();
        inner.ReduceScatter(values, bounds);
        Count(start);
    }

    public void AllGather(Span<float> values, ReadOnlySpan<int> bounds)
    {
        long start = Stopwatch.GetTimestamp();
        inner.AllGather(values, bounds);
        Count(start);
    }

    public void AllGather(Span<double> values, ReadOnlySpan<int> bounds)
    {
        long start = Stopwatch.GetTimestamp();
        inner.AllGather(values, bounds);
        Count(start);
    }

    public byte[][] Gather(ReadOnlySpan<byte> message) => inner.Gather(message);

    public void Barrier() => inner.Barrier();

    public void RequireOthers() => inner.RequireOthers();

    private void Count(long start) => Seconds += Environment.CurrentManagedThreadId == _thread ? Stopwatch.GetElapsedTime(start).TotalSeconds : 0;
}
