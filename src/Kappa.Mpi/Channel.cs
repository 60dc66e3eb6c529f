using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Kappa.Mpi;

/// <summary>Messages between two processes of the job. Whoever waits also hears that another process failed, or is gone.</summary>
internal sealed unsafe class Channel
{
    internal const int FailureBytes = 1024;

    private const int DataTag = 1, FailureTag = 2, GoodbyeTag = 3;
    private const int LargestMessage = 1 << 30;
    private const int ErrorTextBytes = 1024;
    // What the kernel makes of the shortest sleep anyway. Whoever only yields keeps a core from those that it waits for.
    private const uint CrowdedMicroseconds = 50;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(Peers.LookMilliseconds);
    private static readonly TimeSpan Impatience = TimeSpan.FromMilliseconds(20), Grace = TimeSpan.FromSeconds(1);

    private readonly MpiLibrary _library;
    private readonly List<byte[]> _kept = [];
    private byte[] _incoming = [];
    private RankFailedException? _failure;
    private long _missed;
    // Who joins the others computes as well. Another thread waits beside it, and leaves it the core.
    private readonly int _thread = Environment.CurrentManagedThreadId;

    internal Channel(MpiLibrary library, int rank, int size) => (_library, Rank, Size) = (library, rank, size);

    internal int Rank { get; }

    internal int Size { get; }

    internal long BytesSent { get; private set; }

    /// <summary>Whether another process failed, or is gone.</summary>
    internal bool HasHeardFailure => _failure is not null;

    /// <summary>Who the others are; null until they have said so.</summary>
    internal Peers? Peers { get; set; }

    /// <summary>Sends to one process while receiving from one, which may be the same.</summary>
    /// <returns>What was received: valid until the next call.</returns>
    internal ReadOnlySpan<byte> Exchange(int to, ReadOnlySpan<byte> message, int from, int expected)
    {
        if (_incoming.Length < expected)
            _incoming = GC.AllocateUninitializedArray<byte>(expected, pinned: true);
        fixed (byte* source = message)
        {
            var requests = new List<nint>();
            var into = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_incoming, 0);
            for (int at = 0; from >= 0 && at < expected; at += LargestMessage)
            {
                nint request = 0;
                Check(NativeMethods.Receive(into + at, Math.Min(LargestMessage, expected - at), _library.Bytes, from, DataTag, _library.World, &request));
                requests.Add(request);
            }
            for (int at = 0; to >= 0 && at < message.Length; at += LargestMessage)
            {
                nint request = 0;
                Check(NativeMethods.Send(
                    source + at, Math.Min(LargestMessage, message.Length - at), _library.Bytes, to, DataTag, _library.World, &request));
                requests.Add(request);
            }
            if (to >= 0)
                BytesSent += message.Length;
            Wait(CollectionsMarshal.AsSpan(requests), Timeout.InfiniteTimeSpan, hearsFailures: true);
        }
        return _incoming.AsSpan(0, expected);
    }

    /// <summary>Throws where another process has said that it failed, or is gone for longer than its last words take.</summary>
    internal void Listen()
    {
        HearFailure();
        if (Peers?.Gone().Cast<int?>().FirstOrDefault() is not { } gone)
        {
            _missed = 0;
            return;
        }
        if (_missed == 0)
            _missed = Stopwatch.GetTimestamp();
        else if (Stopwatch.GetElapsedTime(_missed) > Grace)
            throw _failure = Lost(gone);
    }

    /// <summary>Tells the others why this process stops.</summary>
    internal void SayFailed(string message)
    {
        byte[] text = Pinned(FailureBytes);
        _ = Encoding.UTF8.GetBytes(message.Length > FailureBytes / 4 ? message[..(FailureBytes / 4)] : message, text.AsSpan(sizeof(int)));
        BitConverter.TryWriteBytes(text, Rank);
        SendToAll(text, FailureTag);
    }

    /// <summary>Waits until all others are about to leave as well, or, after a failure, are gone: whoever has something to say can say it.</summary>
    /// <param name="patience">The longest wait; without end, a process that is gone is a failure.</param>
    /// <returns>Whether all are about to leave.</returns>
    internal bool Part(TimeSpan patience)
    {
        byte[] own = Pinned(1), others = Pinned(Size);
        SendToAll(own, GoodbyeTag);
        Span<nint> requests = new nint[Size];
        for (int rank = 0; rank < Size; rank++)
        {
            nint request = 0;
            if (rank != Rank)
            {
                var into = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(others, rank);
                Check(NativeMethods.Receive(into, 1, _library.Bytes, rank, GoodbyeTag, _library.World, &request));
            }
            requests[rank] = request;
        }
        if (patience == Timeout.InfiniteTimeSpan)
            return Wait(requests, patience, hearsFailures: true);
        bool isComplete = true;
        for (long start = Stopwatch.GetTimestamp(); !Wait(requests, Look, hearsFailures: false) && Stopwatch.GetElapsedTime(start) < patience;)
        {
            foreach (int gone in Peers?.Gone() ?? [])
                (requests[gone], isComplete) = (0, false);
        }
        return isComplete && requests.IndexOfAnyExcept((nint)0) < 0;
    }

    private void SendToAll(byte[] message, int tag)
    {
        for (int rank = 0; rank < Size; rank++)
        {
            nint request = 0;
            // So short that it leaves at once; nobody waits for it.
            if (rank != Rank)
            {
                var from = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(message, 0);
                _ = NativeMethods.Send(from, message.Length, _library.Bytes, rank, tag, _library.World, &request);
            }
        }
    }

    private bool Wait(Span<nint> requests, TimeSpan patience, bool hearsFailures)
    {
        long start = Stopwatch.GetTimestamp();
        long looked = start;
        TimeSpan? missed = null;
        for (int turn = 0; !AreDone(requests); turn++)
        {
            var waited = Stopwatch.GetElapsedTime(start);
            if (patience != Timeout.InfiniteTimeSpan && waited > patience)
                return false;
            if (turn % 64 == 63 || waited > Impatience)
            {
                if (hearsFailures)
                    HearFailure();
                // Large messages are moved on by those who ask for them, so that long sleep comes late.
                if (waited > Impatience)
                    Thread.Sleep(1);
                else if (Peers is { AreCrowded: true } || Environment.CurrentManagedThreadId != _thread)
                    NativeMethods.Sleep(CrowdedMicroseconds);
                else
                    _ = Thread.Yield();
            }
            if (Peers is null || Stopwatch.GetElapsedTime(looked).TotalMilliseconds < Peers.LookMilliseconds)
                continue;
            looked = Stopwatch.GetTimestamp();
            if (Peers.Gone().Cast<int?>().FirstOrDefault() is not { } gone)
                continue;
            // Its last words may be on their way.
            missed ??= waited;
            if (waited - missed < Grace)
                continue;
            if (!hearsFailures)
                return false;
            throw _failure = Lost(gone);
        }
        return true;
    }

    private RankFailedException Lost(int gone) => new(gone, Peers!.LastWordsOf(gone));

    private bool AreDone(Span<nint> requests)
    {
        bool all = true;
        foreach (ref nint request in requests)
        {
            if (request == 0)
                continue;
            int flag = 0;
            nint own = request;
            Check(NativeMethods.Test(&own, &flag, _library.NoStatus));
            request = flag == 0 ? own : 0;
            all &= flag != 0;
        }
        return all;
    }

    private void HearFailure()
    {
        if (_failure is not null)
            throw _failure;
        int flag = 0;
        Check(NativeMethods.Probe(_library.AnySource, FailureTag, _library.World, &flag, _library.NoStatus));
        if (flag == 0)
            return;
        byte[] text = Pinned(FailureBytes);
        nint request = 0;
        var into = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(text, 0);
        Check(NativeMethods.Receive(into, text.Length, _library.Bytes, _library.AnySource, FailureTag, _library.World, &request));
        Span<nint> requests = [request];
        _ = Wait(requests, Grace, hearsFailures: false);
        throw _failure = new RankFailedException(BitConverter.ToInt32(text), Encoding.UTF8.GetString(text.AsSpan(sizeof(int))).TrimEnd('\0'));
    }

    /// <summary>Memory that MPI may look at for as long as the process lives.</summary>
    private byte[] Pinned(int length)
    {
        byte[] bytes = GC.AllocateArray<byte>(length, pinned: true);
        _kept.Add(bytes);
        return bytes;
    }

    internal static void Check(int code)
    {
        if (code == 0)
            return;
        byte[] text = new byte[ErrorTextBytes];
        int length = 0;
        fixed (byte* start = text)
            _ = NativeMethods.ErrorText(code, start, &length);
        throw new MpiException($"MPI failed with code {code}: {Encoding.UTF8.GetString(text.AsSpan(0, Math.Clamp(length, 0, text.Length)))}");
    }
}
