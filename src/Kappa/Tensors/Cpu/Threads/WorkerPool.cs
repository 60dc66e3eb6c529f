using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Kappa.Tensors.Cpu.Threads;

/// <summary>
/// The one pool of threads of the process. A job is a struct with numbered chunks; the caller and the workers claim chunks from one
/// atomic counter, so a thread that the system has descheduled holds back at most the chunk it is in.
/// </summary>
/// <remarks>
/// A job must not let its result depend on which thread runs a chunk, nor on how many threads there are. A worker that has nothing to do spins
/// for some tens of microseconds, then parks: handing a job to a spinning worker costs about 0.1 microseconds, to a parked one
/// about 8, so the kernels of one training step find the workers awake, and an idle process uses no processor time.
/// Only one job is dispatched at a time: a call from inside a job, or from a second thread while the pool is busy, runs on its own thread.
/// </remarks>
internal static unsafe class WorkerPool
{
    /// <summary>The most threads that one job may use.</summary>
    internal const int MaximumThreads = 256;

    private const uint NoChunk = uint.MaxValue;

    private static readonly long SpinTicks = Stopwatch.Frequency * 50 / 1_000_000;
    private static readonly Lock StartLock = new();
    private static Worker[] _workers = [];
    [ThreadStatic]
    private static bool _staysHere;

    private static int _threadCount;
    private static int _busy;
    private static Shared _shared = new() { Ticket = Ticket(0, NoChunk) };

    /// <summary>How many threads a job may use, the caller's included: 1 means that nothing is ever dispatched.</summary>
    /// <remarks>The default is the environment variable KAPPA_THREADS, or else the number of processors.</remarks>
    /// <exception cref="ArgumentException">It was never set, and the environment variable is no such number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1 or more than <see cref="MaximumThreads"/>.</exception>
    internal static int ThreadCount
    {
        get => _threadCount > 0 ? _threadCount : _threadCount = ThreadVariable.Read();
        set
        {
            if (value is < 1 or > MaximumThreads)
                throw new ArgumentOutOfRangeException(nameof(value), value, $"The thread count must be from 1 to {MaximumThreads}.");
            _threadCount = value;
        }
    }

    /// <summary>Runs every chunk of a job once, and returns when all are done.</summary>
    /// <typeparam name="TJob">The job's type.</typeparam>
    /// <param name="chunks">The number of chunks, 0 or more.</param>
    /// <param name="job">The job, which all threads share by reference.</param>
    /// <remarks>
    /// When a chunk throws, chunks not yet started are dropped and the first exception is thrown to the caller once the running ones have ended.
    /// </remarks>
    internal static void Run<TJob>(int chunks, ref TJob job)
        where TJob : struct, IParallelJob
    {
        if (ThreadCount > 1 && chunks > 1 && !_staysHere && Interlocked.CompareExchange(ref _busy, 1, 0) == 0)
        {
            Dispatch(chunks, ref job);
            return;
        }
        for (int chunk = 0; chunk < chunks; chunk++)
            job.Execute(chunk);
    }

    /// <summary>What this thread computes until the result is disposed, it computes alone: the pool is for somebody else.</summary>
    internal static OwnThread StayOnThisThread()
    {
        _staysHere = true;
        return default;
    }

    private static void Dispatch<TJob>(int chunks, ref TJob job)
        where TJob : struct, IParallelJob
    {
        Exception? error;
        try
        {
            int helpers = Math.Min(_threadCount, chunks) - 1;
            if (_workers.Length < helpers)
                StartWorkers(helpers);
            // Pinned because the job may be a field of an object, and the workers hold its bare address.
            fixed (byte* address = &Unsafe.As<TJob, byte>(ref job))
            {
                _shared.Job = address;
                _shared.Execute = &Execute<TJob>;
                _shared.Chunks = chunks;
                _shared.Helpers = helpers;
                _shared.Error = null;
                Volatile.Write(ref _shared.Remaining, chunks);
                uint generation = (uint)(_shared.Ticket >> 32) + 1;
                _ = Interlocked.Exchange(ref _shared.Ticket, Ticket(generation, 0));
                var workers = _workers;
                for (int i = 0; i < helpers; i++)
                    workers[i].Wake();
                ClaimChunks(generation, int.MaxValue);
                AwaitCompletion();
                // No worker may take a chunk of this generation while the next job's fields are being written.
                _ = Interlocked.Exchange(ref _shared.Ticket, Ticket(generation, NoChunk));
                error = _shared.Error;
                _shared.Error = null;
            }
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
        if (error is not null)
            ExceptionDispatchInfo.Throw(error);
    }

    private static void Execute<TJob>(void* job, int chunk)
        where TJob : struct, IParallelJob => Unsafe.AsRef<TJob>(job).Execute(chunk);

    /// <summary>Does chunks of one generation until none is left. A successful exchange proves that the fields read since the ticket was read are that
    /// generation's.</summary>
    private static void ClaimChunks(uint generation, int helperIndex)
    {
        while (true)
        {
            ulong ticket = Volatile.Read(ref _shared.Ticket);
            uint chunk = (uint)ticket;
            if ((uint)(ticket >> 32) != generation || chunk == NoChunk)
                return;
            void* job = _shared.Job;
            var execute = _shared.Execute;
            if (chunk >= (uint)_shared.Chunks || (helperIndex != int.MaxValue && helperIndex >= _shared.Helpers))
                return;
            if (Interlocked.CompareExchange(ref _shared.Ticket, ticket + 1, ticket) != ticket)
                continue;
            try
            {
                if (Volatile.Read(ref _shared.Error) is null)
                    execute(job, (int)chunk);
            }
            catch (Exception exception)
            {
                _ = Interlocked.CompareExchange(ref _shared.Error, exception, null);
            }
            _ = Interlocked.Decrement(ref _shared.Remaining);
        }
    }

    private static void AwaitCompletion()
    {
        for (int spins = 0; Volatile.Read(ref _shared.Remaining) != 0; spins++)
        {
            // The worker may share this core with us, so give it up once the wait is longer than a chunk's tail should be.
            if (spins < 2000)
                Thread.SpinWait(4);
            else
                _ = Thread.Yield();
        }
    }

    private static void StartWorkers(int count)
    {
        lock (StartLock)
        {
            if (_workers.Length >= count)
                return;
            var workers = new Worker[count];
            _workers.CopyTo(workers, 0);
            for (int i = _workers.Length; i < count; i++)
                workers[i] = new Worker(i);
            _workers = workers;
        }
    }

    private static ulong Ticket(uint generation, uint chunk) => ((ulong)generation << 32) | chunk;

    /// <summary>What the caller and the workers share. The ticket and the count, which all threads write, have cache lines of their own.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Shared
    {
        internal Exception? Error;
        internal void* Job;
        internal delegate*<void*, int, void> Execute;
        internal int Chunks;
        internal int Helpers;
        internal Padding Padding0;
        internal ulong Ticket;
        internal Padding Padding1;
        internal int Remaining;
        internal Padding Padding2;
    }

    [InlineArray(128)]
    private struct Padding
    {
        private byte _first;
    }

    private sealed class Worker
    {
        private readonly AutoResetEvent _wakeUp = new(false);
        private readonly int _index;
        private int _parked;

        internal Worker(int index)
        {
            _index = index;
            new Thread(Loop) { IsBackground = true, Name = $"Kappa worker {index + 1}" }.Start();
        }

        /// <summary>Wakes the worker if it is parked. The caller has published the job with a full fence.</summary>
        internal void Wake()
        {
            if (Volatile.Read(ref _parked) != 0 && Interlocked.Exchange(ref _parked, 0) != 0)
                _ = _wakeUp.Set();
        }

        private void Loop()
        {
            uint seen = 0;
            while (true)
            {
                seen = AwaitGenerationAfter(seen);
                ClaimChunks(seen, _index);
            }
        }

        private uint AwaitGenerationAfter(uint seen)
        {
            long start = Stopwatch.GetTimestamp();
            while (true)
            {
                for (int i = 0; i < 16; i++)
                {
                    uint generation = (uint)(Volatile.Read(ref _shared.Ticket) >> 32);
                    if (generation != seen)
                        return generation;
                    Thread.SpinWait(2);
                }
                if (Stopwatch.GetTimestamp() - start < SpinTicks)
                    continue;
                _ = Interlocked.Exchange(ref _parked, 1);
                // A job published before the flag was visible would be missed, so look once more before sleeping.
                if ((uint)(Volatile.Read(ref _shared.Ticket) >> 32) == seen)
                    _ = _wakeUp.WaitOne();
                else if (Interlocked.Exchange(ref _parked, 0) == 0)
                    _ = _wakeUp.WaitOne();
                start = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>Ends what <see cref="StayOnThisThread"/> began.</summary>
    internal readonly ref struct OwnThread
    {
        public void Dispose() => _staysHere = false;
    }
}
