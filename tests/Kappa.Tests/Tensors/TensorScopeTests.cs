using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

public sealed class TensorScopeTests
{
    [Fact]
    public void A_scope_gives_back_what_was_made_in_it_and_not_kept()
    {
        Tensor made, kept, parameter;
        var before = Tensor.Ones([2]);
        using (TensorScope.Begin())
        {
            made = Tensor.Ones([2]);
            kept = Tensor.Ones([2]).Keep();
            parameter = Tensor.Ones([2]);
            parameter.RequiresGradient = true;
            (parameter * parameter).Sum().Backward();
        }

        Assert.True(made.IsReleased);
        Assert.False(before.IsReleased);
        Assert.False(kept.IsReleased);
        Assert.False(parameter.IsReleased);
        Assert.Equal([2f, 2], parameter.Gradient!.ToArray<float>());
    }

    [Fact]
    public void Inner_scopes_end_first_and_leave_the_outer_ones_tensors()
    {
        var outer = TensorScope.Begin();
        var a = Tensor.Ones([1]);
        Tensor b;
        using (TensorScope.Begin())
            b = Tensor.Ones([1]);
        var c = Tensor.Ones([1]);
        Assert.Equal((false, true, false), (a.IsReleased, b.IsReleased, c.IsReleased));
        outer.Dispose();
        Assert.Equal((true, true, true), (a.IsReleased, b.IsReleased, c.IsReleased));
    }

    [Fact]
    public void Use_after_the_scope_says_what_happened_and_what_to_do()
    {
        Tensor x;
        using (TensorScope.Begin())
            x = Tensor.Ones([2, 3]);
        var uses = new Action[]
        {
            () => _ = x.Values<float>(), () =>
                _ = x.ToArray<float>(), () => _ = x + x, () => _ = x.Exp(), () => _ = x.Sum(), () => _ = x.MatMul(x, transposeB: true), () => _ = x.Keep(),
            () => _ = x.Detach(), () => _ = x.Clone(), () =>
                _ = x.Reshape([6]), () => _ = x.Slice(0, 0, 1), () => _ = x.Transpose(), () => x.RequiresGradient = true, () => _ = Tensor.Concat(0, x, x),
        };
        foreach (var use in uses)
        {
            var error = Assert.Throws<ObjectDisposedException>(use);
            Assert.Equal("Tensor[2, 3]", error.ObjectName);
            Assert.StartsWith(
            "its memory was given back: the TensorScope it was made in has ended, or it was disposed. Call Keep() on a tensor that is to outlive its scope.",
            error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("Tensor[2, 3] Float32 (released)", x.ToString());
    }

    [Fact]
    public void Scopes_that_end_out_of_order_are_refused_and_can_still_end_in_order()
    {
        var outer = TensorScope.Begin();
        var inner = TensorScope.Begin();
        var x = Tensor.Ones([1]);
        var error = Assert.Throws<InvalidOperationException>(outer.Dispose);
        Assert.Equal(
            "a TensorScope ended out of order: a scope that began after it is still open. Scopes end on the thread that began them, the innermost first, once "
            + "each", error.Message);
        Assert.False(x.IsReleased);
        inner.Dispose();
        outer.Dispose();
        Assert.True(x.IsReleased);
    }

    [Fact]
    public void Ending_a_scope_twice_does_not_end_a_later_one()
    {
        var first = TensorScope.Begin();
        first.Dispose();
        using var second = TensorScope.Begin();
        var x = Tensor.Ones([1]);
        _ = Assert.Throws<InvalidOperationException>(first.Dispose);
        Assert.False(x.IsReleased);
    }

    [Fact]
    public void An_exception_inside_a_scope_gives_the_memory_back_and_reaches_the_caller()
    {
        Tensor? x = null;
        _ = Assert.Throws<TensorShapeException>(() =>
        {
            using var outer = TensorScope.Begin();
            using var inner = TensorScope.Begin();
            x = Tensor.Ones([2]);
            _ = x + Tensor.Ones([3]);
        });
        Assert.True(x!.IsReleased);
        Assert.Null(TensorScope.Current);
    }

    [Fact]
    public void A_scope_belongs_to_its_thread()
    {
        using var scope = TensorScope.Begin();
        Tensor? elsewhere = null;
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            elsewhere = Tensor.Ones([1]);
            thrown = Record.Exception(scope.Dispose);
        });
        thread.Start();
        thread.Join();
        _ = Assert.IsType<InvalidOperationException>(thrown);
        Assert.False(elsewhere!.IsReleased);
    }

    [Fact]
    public void Disposing_early_is_allowed_and_happens_once()
    {
        using var scope = TensorScope.Begin();
        var x = Tensor.Ones([100]);
        var alias = x.Detach();
        x.Dispose();
        x.Dispose();
        // The memory still belongs to the alias: a new tensor must not get it.
        var other = Tensor.Zeros([100]);
        Assert.All(alias.ToArray<float>(), value => Assert.Equal(1, value));
        Assert.All(other.ToArray<float>(), value => Assert.Equal(0, value));
    }
}
