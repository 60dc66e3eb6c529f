using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Preconditioning;

/// <content>What goes wrong, and what is said about it.</content>
public sealed partial class DoPrTests
{
    [Fact]
    public void A_gradient_read_between_two_backward_passes_that_add_up_is_refused()
    {
        var model = Model(4, 2);
        _ = new DoPr(new SGD(model.Parameters(), 0.1), model);
        var z = Tensor.Normal([3, 4], new Philox(1), type: DataType.Float64);
        model.Forward(z).Square().Mean().Backward();
        _ = model.Weight.Gradient;
        var error = Assert.Throws<InvalidOperationException>(() => model.Forward(z).Square().Mean().Backward());
        Assert.Contains("weight was read, and so preconditioned, between two backward passes", error.Message, StringComparison.Ordinal);
        model.Weight.ZeroGrad();
        model.Forward(z).Square().Mean().Backward();
    }

    [Fact]
    public void Inputs_whose_second_moment_overflows_leave_the_gradient_as_it_is_and_say_so()
    {
        foreach (var form in new[] { PreconditioningForm.Dual, PreconditioningForm.Primal })
        {
            var warnings = new List<string>();
            var model = new Linear(3, 2, bias: false, type: DataType.Float64);
            using var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model, new DoPrOptions { OnWarning = warnings.Add, Form = form });
            var z = Tensor.Full([2, 3], 1e200, DataType.Float64);
            var e = Tensor.Full([2, 2], 1e-10, DataType.Float64);
            model.Forward(z).Backward(e);
            Assert.All(model.Weight.Gradient!.ToArray<double>(), value => Assert.Equal(1, value / 2e190, 1e-12));
            Assert.Equal(
                "DoPr left the gradient of weight as it was: S + tau I is not finite, or singular to the precision of double; a larger Gamma or Floor helps "
                + "the latter", Assert.Single(warnings));
            Assert.Equal(1, optimizer.Layers[0].TimesLeftAsIs);
        }
    }

    [Fact]
    public void A_layer_that_saw_nothing_keeps_no_gradient()
    {
        var used = new Linear(3, 2);
        var unused = new Linear(3, 2);
        var model = new Sequential(("used", used), ("rest", new Sequential(("tail", new Linear(2, 2)))));
        var both = new Pair(model, unused);
        using var optimizer = new DoPr(new AdamW(both.Parameters(), 1e-3), both);
        both.Forward(Tensor.Ones([4, 3])).Square().Mean().Backward();
        Assert.Null(unused.Weight.Gradient);
        optimizer.Step();
        optimizer.ZeroGrad();
    }

    [Theory]
    [InlineData(-0.1, 1, 0, "DoPrOptions.Gamma takes a finite number of zero or more; got -0.1")]
    [InlineData(0.1, 0, 0, "DoPrOptions.RefreshInterval takes a whole number of 1 or more; got 0")]
    [InlineData(0.1, 1, 1.0, "DoPrOptions.MovingAverage takes a number from 0 up to, but not including, 1; got 1")]
    public void Bad_options_are_named_with_what_they_take(double gamma, int refresh, double average, string message)
    {
        var model = Model(3, 2);
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => new DoPr(new SGD(model.Parameters(), 0.1), model, new DoPrOptions { Gamma = gamma, RefreshInterval = refresh, MovingAverage = average }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Factors_beside_the_steps_need_steps_between_them()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new DoPrOptions { AsynchronousRefresh = true }.Validate());
        Assert.Contains("expected a RefreshInterval above 1, such as 10; got 1", error.Message, StringComparison.Ordinal);
    }
}
