using System.Runtime.ExceptionServices;

namespace Kappa.Lab.Runs;

/// <summary>Does independent pieces of work, several at once. What each finds depends on itself alone, not on how many run at once.</summary>
internal static class WorkQueue
{
    /// <summary>Does every item, in the order in which they come. Several at once take one thread each; one alone takes all.</summary>
    /// <param name="items">What to do.</param>
    /// <param name="jobs">How many at once, 1 or more.</param>
    /// <param name="work">Does one; asked to stop by its token.</param>
    /// <param name="cancellation">Stops: running items are asked to, others do not begin.</param>
    /// <exception cref="Exception">The first that an item threw; the others were asked to stop.</exception>
    internal static void Run<T>(IReadOnlyList<T> items, int jobs, Action<T, CancellationToken> work, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        int next = -1, workers = Math.Min(jobs, items.Count), threadsBefore = ComputeThreads.Count;
        Exception? failure = null;
        void Take()
        {
            for (int index; !stop.IsCancellationRequested && (index = Interlocked.Increment(ref next)) < items.Count;)
            {
                try
                {
                    work(items[index], stop.Token);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    // What it wrote lets it go on.
                }
                catch (Exception error)
                {
                    _ = Interlocked.CompareExchange(ref failure, error, null);
                    stop.Cancel();
                }
            }
        }
        try
        {
            if (workers > 1)
                ComputeThreads.Count = 1;
            var threads = Enumerable.Range(0, workers).Select(i => new Thread(Take) { Name = $"Kappa work {i + 1}", IsBackground = true }).ToArray();
            int started = 0;
            try
            {
                for (; started < workers; started++)
                    threads[started].Start();
            }
            catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
            {
                // There is no room for so many threads; those that run are waited for.
                _ = Interlocked.CompareExchange(ref failure, error, null);
                stop.Cancel();
            }
            Array.ForEach(threads[..started], thread => thread.Join());
        }
        finally
        {
            ComputeThreads.Count = threadsBefore;
        }
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }
}
