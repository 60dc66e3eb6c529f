using Kappa.Training;

namespace Kappa.Tests.Training;

public sealed class GradientMessagesTests
{
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(1);

    [Fact]
    public void Parameters_are_sent_in_order_some_bytes_at_a_time()
    {
        long[] bytes = [10, 20, 5, 100, 1, 1];
        Assert.Equal([[5, 3], [4, 2, 1], [0]], GradientMessages.Buckets([5, 3, 4, 2, 1, 0], parameter => bytes[parameter], 25));
        Assert.Empty(GradientMessages.Buckets([], _ => 1, 25));
    }

    [Fact]
    public void What_is_complete_is_sent_before_the_rest_is_there()
    {
        using var sent = new SemaphoreSlim(0);
        var order = new List<int>();
        using var messages = new GradientMessages([[2, 1], [0]], bucket =>
        {
            order.AddRange(bucket);
            _ = sent.Release();
        });
        for (int batch = 0; batch < 3; batch++)
        {
            messages.Begin();
            messages.Ready(1);
            Assert.Equal(0, sent.CurrentCount);
            messages.Ready(2);
            Assert.True(sent.Wait(Never));
            Assert.Equal([2, 1], order);
            messages.Ready(0);
            messages.Finish();
            Assert.True(sent.Wait(0));
            Assert.Equal([2, 1, 0], order);
            order.Clear();
        }
    }

    [Fact]
    public void A_later_bucket_waits_for_an_earlier_one()
    {
        var order = new List<int>();
        using var messages = new GradientMessages([[0], [1], [2]], order.AddRange);
        messages.Begin();
        messages.Ready(2);
        messages.Ready(1);
        messages.Ready(0);
        messages.Finish();
        Assert.Equal([0, 1, 2], order);
    }

    [Fact]
    public void A_failure_comes_out_on_the_thread_that_waits_for_the_end()
    {
        using var messages = new GradientMessages([[0], [1]], _ => throw new IOException("gone"));
        messages.Begin();
        messages.Ready(0);
        messages.Ready(1);
        Assert.Equal("gone", Assert.Throws<IOException>(messages.Finish).Message);
    }

    [Fact]
    public void What_is_abandoned_is_not_sent_and_the_next_batch_begins_anew()
    {
        var order = new List<int>();
        using var messages = new GradientMessages([[0], [1, 2]], order.AddRange);
        messages.Begin();
        messages.Ready(1);
        messages.Abandon();
        Assert.Empty(order);
        messages.Begin();
        foreach (int parameter in (int[])[0, 1, 2])
            messages.Ready(parameter);
        messages.Finish();
        Assert.Equal([0, 1, 2], order);
    }
}
