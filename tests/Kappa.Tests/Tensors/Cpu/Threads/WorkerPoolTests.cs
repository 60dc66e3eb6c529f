using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tests.Tensors.Cpu.Threads;

[Collection(KernelCases.Name)]
public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_chunk_runs_exactly_once(int threads) => KernelCases.WithThreads(threads, () =>
    {
        for (int repetition = 0; repetition < 2000; repetition++)
        {
            int chunks = repetition % 37;
            var job = new CountJob { Counts = new int[chunks] };
            WorkerPool.Run(chunks, ref job);
            Assert.All(job.Counts, count => Assert.Equal(1, count));
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_reaches_the_caller_and_the_pool_goes_on(int threads) => KernelCases.WithThreads(threads, () =>
    {
        for (int repetition = 0; repetition < 100; repetition++)
        {
            var failing = new FailingJob { Bad = repetition % 16 };
            var error = Assert.Throws<InvalidOperationException>(() =>
            {
                var copy = failing;
                WorkerPool.Run(16, ref copy);
            });
            Assert.Equal($"chunk {repetition % 16}", error.Message);
            var job = new CountJob { Counts = new int[16] };
            WorkerPool.Run(16, ref job);
            Assert.All(job.Counts, count => Assert.Equal(1, count));
        }
    });

    [Fact]
    public void A_job_inside_a_job_runs_on_its_own_thread() => KernelCases.WithThreads(3, () =>
    {
        for (int repetition = 0; repetition < 200; repetition++)
        {
            var job = new NestedJob { Counts = new int[8 * 8] };
            WorkerPool.Run(8, ref job);
            Assert.All(job.Counts, count => Assert.Equal(1, count));
        }
    });

    [Fact]
    public void Callers_on_several_threads_at_once_all_get_their_work_done() => KernelCases.WithThreads(3, () =>
    {
        var threads = new List<Thread>();
        int wrong = 0;
        for (int i = 0; i < 4; i++)
        {
            threads.Add(new Thread(() =>
            {
                for (int repetition = 0; repetition < 1000; repetition++)
                {
                    var job = new CountJob { Counts = new int[11] };
                    WorkerPool.Run(11, ref job);
                    if (job.Counts.Any(count => count != 1))
                        _ = Interlocked.Increment(ref wrong);
                }
            }));
        }
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(0, wrong);
    });

    [Fact]
    public void Parked_workers_wake_up() => KernelCases.WithThreads(2, () =>
    {
        for (int repetition = 0; repetition < 20; repetition++)
        {
            Thread.Sleep(2);
            var job = new CountJob { Counts = new int[4] };
            WorkerPool.Run(4, ref job);
            Assert.All(job.Counts, count => Assert.Equal(1, count));
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void A_thread_count_out_of_range_is_rejected(int count)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => WorkerPool.ThreadCount = count);
        Assert.Contains("from 1 to 256", error.Message);
    }

    private struct CountJob : IParallelJob
    {
        internal int[] Counts;

        public readonly void Execute(int chunk) => Interlocked.Increment(ref Counts[chunk]);
    }

    private struct FailingJob : IParallelJob
    {
        internal int Bad;

        public readonly void Execute(int chunk)
        {
            if (chunk == Bad)
                throw new InvalidOperationException($"chunk {chunk}");
        }
    }

    private struct NestedJob : IParallelJob
    {
        internal int[] Counts;

        public void Execute(int chunk)
        {
            var inner = new InnerJob { Counts = Counts, Offset = chunk * 8 };
            WorkerPool.Run(8, ref inner);
        }
    }

    private struct InnerJob : IParallelJob
    {
        internal int[] Counts;
        internal int Offset;

        public readonly void Execute(int chunk) => Interlocked.Increment(ref Counts[Offset + chunk]);
    }
}
