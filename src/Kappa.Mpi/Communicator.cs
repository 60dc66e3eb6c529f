using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Kappa.Pieces;

namespace Kappa.Mpi;

/// <summary>The processes that one mpirun started: messages and sums between them. Without mpirun, this process alone.</summary>
/// <remarks>
/// <para>Sums are taken by recursive halving: neighbours exchange halves of the values, pairs of neighbours quarters, and so on; then each process holds the
/// sum of its part, and the parts are gathered the same way back. Each process sends 2 (P - 1) / P of the bytes of the values, as around a ring, and the
/// order in which terms are added is that of <see cref="IProcessGroup"/>.</para>
/// <para>A process that fails says so to the others (<see cref="Fail"/>), which then throw <see cref="RankFailedException"/> at their next call. One that is
/// gone without a word is noticed by those on its machine while they wait.</para>
/// <para>One thread calls at a time.</para>
/// </remarks>
public sealed class Communicator : IProcessGroup, IDisposable
{
    // Below, latency is what counts: whole values are exchanged, in half as many messages.
    private const int ShortBytes = 4096;

    private static readonly TimeSpan PatienceAfterFailure = TimeSpan.FromSeconds(5), LastWords = TimeSpan.FromSeconds(1);
    private static Communicator? _current;

    private readonly MpiLibrary? _library;
    private readonly Channel? _channel;
    private readonly SoleProcess _sole = new();
    private bool _hasFailed;

    private Communicator(MpiLibrary? library, Channel? channel) => (_library, _channel) = (library, channel);

    /// <inheritdoc/>
    public int Rank => _channel?.Rank ?? 0;

    /// <inheritdoc/>
    public int Size => _channel?.Size ?? 1;

    /// <inheritdoc/>
    public long BytesSent => _channel?.BytesSent ?? 0;

    /// <summary>Whether mpirun started this process, be it alone.</summary>
    public bool IsLaunched => _channel is not null;

    /// <summary>How many of the processes are on this machine.</summary>
    public int LocalSize => _channel?.Peers?.OnThisMachine ?? 1;

    /// <summary>What the MPI library says of itself; null where this process is alone.</summary>
    public string? LibraryVersion => _library?.Version;

    /// <summary>Joins the processes that mpirun started, or stays alone where there was none. Once for a process, which disposes it before it ends.</summary>
    /// <exception cref="MpiException">The library of that mpirun is missing, is another one's, or does not start.</exception>
    public static unsafe Communicator Start()
    {
        if (Launch.Find(Environment.GetEnvironmentVariable) is not { } launch)
            return new Communicator(null, null);
        if (_current is not null)
            throw new InvalidOperationException("the processes of mpirun are joined once for each process; this one has done so");
        var library = MpiLibrary.Load(launch.Kind, Environment.GetEnvironmentVariable(MpiLibrary.Variable));
        int provided = 0, rank = 0, size = 0;
        // MPI_THREAD_SERIALIZED: any thread, one at a time.
        Channel.Check(NativeMethods.InitThread(0, 0, 2, &provided));
        if (provided < 2)
            throw new MpiException($"{library.Version}: expected a library that several threads may call, one at a time (MPI_THREAD_SERIALIZED)");
        Channel.Check(NativeMethods.SetErrorHandler(library.World, library.ErrorsReturn));
        Channel.Check(NativeMethods.Rank(library.World, &rank));
        Channel.Check(NativeMethods.Size(library.World, &size));
        if ((rank, size) != (launch.Rank, launch.Size))
        {
            throw new MpiException(
                $"mpirun started {launch.Size} processes, of which this is rank {launch.Rank}, and the library counts {size} and rank {rank}: they are of two "
                + $"MPIs, or of two versions. Start Kappa by the mpirun of {library.Version.Split('\n')[0]}");
        }
        var channel = new Channel(library, rank, size);
        _current = new Communicator(library, channel);
        channel.Peers = Peers.Read(_current.Gather(Peers.Describe()), rank);
        return _current;
    }

    /// <inheritdoc/>
    public void Sum(Span<float> values) => SumOf(values);

    /// <inheritdoc/>
    public void Sum(Span<double> values) => SumOf(values);

    /// <inheritdoc/>
    public void ReduceScatter(Span<float> values, ReadOnlySpan<int> bounds) => ReduceScatterOf(values, bounds);

    /// <inheritdoc/>
    public void ReduceScatter(Span<double> values, ReadOnlySpan<int> bounds) => ReduceScatterOf(values, bounds);

    /// <inheritdoc/>
    public void AllGather(Span<float> values, ReadOnlySpan<int> bounds) => AllGatherOf(values, bounds);

    /// <inheritdoc/>
    public void AllGather(Span<double> values, ReadOnlySpan<int> bounds) => AllGatherOf(values, bounds);

    /// <inheritdoc/>
    public byte[][] Gather(ReadOnlySpan<byte> message)
    {
        if (_channel is not { } channel)
            return _sole.Gather(message);
        byte[][] all = new byte[Size][];
        all[Rank] = message.ToArray();
        Span<byte> length = stackalloc byte[sizeof(int)];
        for (int distance = 1; distance < Size; distance++)
        {
            int to = (Rank + distance) % Size, from = (Rank - distance + Size) % Size;
            BitConverter.TryWriteBytes(length, message.Length);
            int expected = BitConverter.ToInt32(channel.Exchange(to, length, from, sizeof(int)));
            all[from] = channel.Exchange(to, message, from, expected).ToArray();
        }
        return all;
    }

    /// <summary>Hands a message of one process to all.</summary>
    /// <param name="message">The message; what other processes than the root give is not looked at.</param>
    /// <param name="root">Which process.</param>
    /// <returns>The root's message.</returns>
    public byte[] Broadcast(ReadOnlySpan<byte> message, int root = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(root);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(root, Size);
        if (_channel is not { } channel)
            return message.ToArray();
        byte[] held = Rank == root ? message.ToArray() : [];
        // A process gets it from the one whose number, counted from the root, lacks its highest bit, and hands it to those with one bit above.
        int own = (Rank - root + Size) % Size;
        byte[] length = new byte[sizeof(int)];
        for (int bit = 1; bit < Size; bit <<= 1)
        {
            int other = (own ^ bit) + root;
            if (own < bit && own + bit < Size)
            {
                BitConverter.TryWriteBytes(length, held.Length);
                _ = channel.Exchange(other % Size, length, -1, 0);
                _ = channel.Exchange(other % Size, held, -1, 0);
            }
            else if (own >= bit && own < 2 * bit)
            {
                int expected = BitConverter.ToInt32(channel.Exchange(-1, default, other % Size, sizeof(int)));
                held = channel.Exchange(-1, default, other % Size, expected).ToArray();
            }
        }
        return held;
    }

    /// <inheritdoc/>
    public void Barrier()
    {
        for (int distance = 1; _channel is not null && distance < Size; distance <<= 1)
            _ = _channel.Exchange((Rank + distance) % Size, [0], (Rank - distance + Size) % Size, 1);
    }

    /// <inheritdoc/>
    public void RequireOthers() => _channel?.Listen();

    /// <summary>Says to all others why this process stops, so that they stop as well.</summary>
    /// <param name="message">Why, of which they hear about 250 characters.</param>
    public void Fail(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!_hasFailed)
            _channel?.SayFailed(message);
        _hasFailed = true;
    }

    /// <summary>Leaves the others, after waiting until they leave as well. After a failure it does not wait for ever, and ends the job where some are
    /// gone.</summary>
    public void Dispose()
    {
        if (_channel is not { } channel || _current != this)
            return;
        _current = null;
        bool isComplete;
        try
        {
            isComplete = channel.Part(_hasFailed || channel.HasHeardFailure ? PatienceAfterFailure : Timeout.InfiniteTimeSpan);
        }
        catch (MpiException)
        {
            isComplete = false;
        }
        if (isComplete)
        {
            _ = NativeMethods.Complete();
            return;
        }
        // The launcher drops what it has not read of the last words when it hears of the end.
        Thread.Sleep(LastWords);
        _ = NativeMethods.Abort(_library!.World, 1);
    }

    private void SumOf<T>(Span<T> values)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        if (_channel is not { } channel)
            return;
        RequirePowerOfTwo();
        var bytes = MemoryMarshal.AsBytes(values);
        int count = values.Length;
        if (bytes.Length > ShortBytes)
        {
            int[] bounds = [.. Enumerable.Range(0, Size + 1).Select(part => (int)((long)count * part / Size))];
            ReduceScatterOf(values, bounds);
            AllGatherOf(values, bounds);
            return;
        }
        for (int bit = 1; bit < Size; bit <<= 1)
        {
            var other = MemoryMarshal.Cast<byte, T>(channel.Exchange(Rank ^ bit, bytes, Rank ^ bit, bytes.Length));
            TensorPrimitives.Add(values, other, values);
        }
    }

    private void ReduceScatterOf<T>(Span<T> values, ReadOnlySpan<int> bounds)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        RequireBounds(values.Length, bounds);
        var parts = (From: 0, To: Size);
        for (int bit = 1; bit < Size; bit <<= 1)
        {
            var (kept, given) = Halves(parts, bit);
            var outgoing = MemoryMarshal.AsBytes(values[bounds[given.From]..bounds[given.To]]);
            var own = values[bounds[kept.From]..bounds[kept.To]];
            var other = MemoryMarshal.Cast<byte, T>(_channel!.Exchange(Rank ^ bit, outgoing, Rank ^ bit, MemoryMarshal.AsBytes(own).Length));
            TensorPrimitives.Add(own, other, own);
            parts = kept;
        }
    }

    private void AllGatherOf<T>(Span<T> values, ReadOnlySpan<int> bounds)
        where T : unmanaged
    {
        RequireBounds(values.Length, bounds);
        var stack = new Stack<(int From, int To)>([(0, Size)]);
        for (int bit = 1; bit < Size; bit <<= 1)
            stack.Push(Halves(stack.Peek(), bit).Kept);
        for (int bit = Size / 2; bit > 0; bit >>= 1)
        {
            var own = stack.Pop();
            var (_, other) = Halves(stack.Peek(), bit);
            var outgoing = MemoryMarshal.AsBytes(values[bounds[own.From]..bounds[own.To]]);
            var incoming = MemoryMarshal.AsBytes(values[bounds[other.From]..bounds[other.To]]);
            _channel!.Exchange(Rank ^ bit, outgoing, Rank ^ bit, incoming.Length).CopyTo(incoming);
        }
    }

    /// <summary>The half of some parts that this process goes on with, and the one that its partner does.</summary>
    private ((int From, int To) Kept, (int From, int To) Given) Halves((int From, int To) parts, int bit)
    {
        int middle = (parts.From + parts.To) / 2;
        return (Rank & bit) == 0 ? ((parts.From, middle), (middle, parts.To)) : ((middle, parts.To), (parts.From, middle));
    }

    private void RequireBounds(int count, ReadOnlySpan<int> bounds)
    {
        RequirePowerOfTwo();
        if (bounds.Length != Size + 1 || bounds[0] != 0 || bounds[^1] != count)
        {
            throw new ArgumentException(
                $"bounds: expected where the parts of {Size} processes begin, from 0 to {count}; got {bounds.Length} bounds", nameof(bounds));
        }
        for (int i = 0; i < Size; i++)
        {
            if (bounds[i] > bounds[i + 1])
                throw new ArgumentException($"bounds: expected numbers that do not fall; got {bounds[i]} before {bounds[i + 1]}", nameof(bounds));
        }
    }

    private void RequirePowerOfTwo()
    {
        if (!System.Numerics.BitOperations.IsPow2(Size))
            throw new MpiException($"sums are taken along a binary tree of processes: expected mpirun -n 1, 2, 4, 8 or another power of two; got {Size}");
    }
}
