using System.Runtime.InteropServices;
using Kappa.Pieces;

namespace Kappa.Tests.Training;

/// <summary>Processes as threads of this one, with the sums of a naive tree.</summary>
internal sealed class ThreadGroup
{
    private readonly Barrier _barrier;
    private readonly byte[]?[] _messages;
    private readonly double[]?[] _values;
    private volatile bool _isBroken;

    private ThreadGroup(int size)
    {
        (_messages, _values) = (new byte[size][], new double[size][]);
        // Whoever waits for a member that has ended waits for ever.
        _barrier = new Barrier(size, barrier => _isBroken |= barrier.ParticipantCount < size);
    }

    /// <summary>Runs something on so many threads, and gives what each found; the first failure is thrown.</summary>
    internal static T[] Run<T>(int size, Func<IProcessGroup, T> work)
    {
        var group = new ThreadGroup(size);
        var results = new T[size];
        Exception? failure = null;
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new Member(group, rank));
            }
            catch (Exception error)
            {
                _ = Interlocked.CompareExchange(ref failure, error, null);
                group._isBroken = true;
            }
            finally
            {
                group._barrier.RemoveParticipant();
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return failure is null ? results : throw failure;
    }

    private void Meet()
    {
        _barrier.SignalAndWait();
        if (_isBroken)
            throw new IOException("another member failed, or ended before this one");
    }

    private sealed class Member(ThreadGroup all, int rank) : IProcessGroup
    {
        public int Rank => rank;

        public int Size => all._values.Length;

        public long BytesSent => 0;

        public void Sum(Span<float> values)
        {
            double[] wide = [.. values.ToArray().Select(value => (double)value)];
            Exchange(wide, (a, b) => (float)a + (float)b);
            for (int i = 0; i < wide.Length; i++)
                values[i] = (float)wide[i];
        }

        public void Sum(Span<double> values)
        {
            double[] copy = values.ToArray();
            Exchange(copy, (a, b) => a + b);
            copy.CopyTo(values);
        }

        public void ReduceScatter(Span<float> values, ReadOnlySpan<int> bounds)
        {
            Sum(values);
            Forget(values, bounds, float.NaN);
        }

        public void ReduceScatter(Span<double> values, ReadOnlySpan<int> bounds)
        {
            Sum(values);
            Forget(values, bounds, double.NaN);
        }

        public void AllGather(Span<float> values, ReadOnlySpan<int> bounds) => GatherParts(values, bounds);

        public void AllGather(Span<double> values, ReadOnlySpan<int> bounds) => GatherParts(values, bounds);

        public byte[][] Gather(ReadOnlySpan<byte> message)
        {
            all._messages[rank] = message.ToArray();
            all.Meet();
            byte[][] gathered = [.. all._messages.Select(one => one!)];
            all.Meet();
            return gathered;
        }

        public void Barrier() => all.Meet();

        public void RequireOthers()
        {
            if (all._isBroken)
                throw new IOException("another member failed");
        }

        private void GatherParts<T>(Span<T> values, ReadOnlySpan<int> bounds)
            where T : unmanaged
        {
            int own = IProcessGroup.PartOf(rank, Size);
            byte[][] parts = Gather(MemoryMarshal.AsBytes(values[bounds[own]..bounds[own + 1]]));
            for (int other = 0; other < Size; other++)
            {
                int part = IProcessGroup.PartOf(other, Size);
                parts[other].CopyTo(MemoryMarshal.AsBytes(values[bounds[part]..bounds[part + 1]]));
            }
        }

        /// <summary>All but the part of this process.</summary>
        private void Forget<T>(Span<T> values, ReadOnlySpan<int> bounds, T value)
        {
            int part = IProcessGroup.PartOf(rank, Size);
            values[..bounds[part]].Fill(value);
            values[bounds[part + 1]..].Fill(value);
        }

        private void Exchange(double[] values, Func<double, double, double> add)
        {
            all._values[rank] = [.. values];
            all.Meet();
            for (int i = 0; i < values.Length; i++)
                values[i] = Tree(0, Size, i, add);
            all.Meet();
        }

        private double Tree(int first, int count, int index, Func<double, double, double> add) => count == 1
            ? all._values[first]![index]
            : add(Tree(first, count / 2, index, add), Tree(first + (count / 2), count / 2, index, add));
    }
}
