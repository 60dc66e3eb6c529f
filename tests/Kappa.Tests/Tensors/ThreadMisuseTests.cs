using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

/// <summary>What belongs to a thread and is ended on another one, as across an await: the error names both threads, and the first one is as it was.</summary>
public sealed class ThreadMisuseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_NoGradient_that_ends_elsewhere_says_so_and_recording_is_on_again_where_it_began(int nested)
    {
        var pauses = Enumerable.Range(0, nested).Select(_ => NoGradient.Begin()).ToArray();
        int here = Environment.CurrentManagedThreadId, there = 0;
        Assert.False(IsRecording());
        foreach (var pause in pauses)
        {
            var error = OnAnotherThread(() =>
            {
                there = Environment.CurrentManagedThreadId;
                Assert.True(IsRecording());
                pause.Dispose();
            });
            Assert.Contains(
                $"began on thread {here} ended on thread {there}", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
            Assert.Contains("between two awaits", error.Message, StringComparison.Ordinal);
        }

        Assert.True(IsRecording());
        // Once each, wherever.
        Array.ForEach(pauses, pause => pause.Dispose());
        Assert.True(IsRecording());
    }

    [Fact]
    public void A_NoGradient_inside_another_ends_alone()
    {
        using var outer = NoGradient.Begin();
        var inner = NoGradient.Begin();
        Assert.NotNull(OnAnotherThread(inner.Dispose));
        Assert.False(IsRecording());
        outer.Dispose();
        Assert.True(IsRecording());
    }

    [Fact]
    public void Recording_across_an_await_is_an_error_and_the_pool_thread_trains_on() => OnAnotherThread(() =>
    {
        var began = NoGradient.Begin();
        var error = Assert.Throws<InvalidOperationException>(
            () => Task.Factory.StartNew(began.Dispose, default, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter().GetResult());
        Assert.Contains("across an await", error.Message, StringComparison.Ordinal);
        using var w = Tensor.Ones([2]);
        w.RequiresGradient = true;
        (w * w).Sum().Backward();
        Assert.Equal([2f, 2f], w.Gradient!.ToArray<float>());
    }, rethrow: true);

    [Fact]
    public void A_scope_that_ends_elsewhere_says_so_and_does_not_hold_the_thread_up()
    {
        _ = OnAnotherThread(() =>
        {
            using var outer = TensorScope.Begin();
            var carried = TensorScope.Begin();
            var kept = Tensor.Ones([3]);
            int here = Environment.CurrentManagedThreadId;
            var error = Assert.IsType<InvalidOperationException>(OnAnotherThread(carried.Dispose));
            Assert.Contains($"it began on thread {here} and ends on thread", error.Message, StringComparison.Ordinal);
            Assert.Contains("across an await", error.Message, StringComparison.Ordinal);
            // Left to the garbage collector: slower, never wrong.
            using (TensorScope.Begin())
                Assert.Equal(3, kept.Sum().ToDouble());
            Assert.Equal(3, kept.Sum().ToDouble());
            outer.Dispose();
            Assert.Contains("ended already", Assert.Throws<InvalidOperationException>(outer.Dispose).Message, StringComparison.Ordinal);
            var again = TensorScope.Begin();
            again.Dispose();
        }, rethrow: true, expectEnded: true);
    }

    private static bool IsRecording()
    {
        using var w = Tensor.Ones([1]);
        w.RequiresGradient = true;
        return (w * 2).RequiresGradient;
    }

    private static Exception? OnAnotherThread(Action action, bool rethrow = false, bool expectEnded = false)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action));
        thread.Start();
        thread.Join();
        if (expectEnded && failure is InvalidOperationException ended && ended.Message.Contains("ended already", StringComparison.Ordinal))
            return null;
        return rethrow && failure is not null ? throw new InvalidOperationException(failure.ToString(), failure) : failure;
    }
}
