using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks;

public sealed class StateDictTests
{
    [Fact]
    public void Loading_copies_every_value()
    {
        var source = Model().Initialize(new Philox(9));
        var target = Model();
        target.LoadStateDict(source.StateDict());
        Assert.Equal(Values(source), Values(target));
        source.Parameters()[0].Tensor.Values<float>()[0] = 99;
        Assert.NotEqual(99, target.Parameters()[0].Tensor.Values<float>()[0]);
    }

    [Fact]
    public void A_strict_load_lists_everything_that_is_wrong_and_changes_nothing()
    {
        var model = Model();
        var before = Values(model);
        var state = new StateDict { { "0.weight", Tensor.Ones([4, 4]) }, { "2.weight", Tensor.Ones([2, 4], DataType.Float64) }, { "2.bias", Tensor.Ones([2]) },
            { "3.weight", Tensor.Ones([1]) }, { "4.weight", Tensor.Ones([1]) } };
        var error = Assert.Throws<StateMismatchException>(() => model.LoadStateDict(state));
        Assert.Equal(
            "the state does not match, and nothing was loaded; missing: 0.bias; unexpected: 3.weight, 4.weight; misshapen: 0.weight (expected [4, 3] Float32, "
            + "got [4, 4] Float32), 2.weight (expected [2, 4] Float32, got [2, 4] Float64)",
            error.Message);
        Assert.Equal(["0.bias"], error.Missing);
        Assert.Equal(["3.weight", "4.weight"], error.Unexpected);
        Assert.Equal(2, error.Misshapen.Count);
        Assert.Equal(before, Values(model));
    }

    [Fact]
    public void A_load_that_is_not_strict_takes_what_fits_and_still_refuses_other_shapes()
    {
        var model = Model();
        var before = Values(model);
        _ = Assert.Throws<StateMismatchException>(
            () => model.LoadStateDict(new StateDict { { "0.weight", Tensor.Ones([3, 4]) }, { "2.bias", Tensor.Ones([2]) } }, strict: false));
        Assert.Equal(before, Values(model));
        model.LoadStateDict(new StateDict { { "2.bias", Tensor.Ones([2]) }, { "unknown", Tensor.Ones([2]) } }, strict: false);
        Assert.Equal([.. before[..^2], 1, 1], Values(model));
    }

    [Fact]
    public void A_load_that_fails_or_leaves_names_out_does_not_leave_zeros()
    {
        var expected = Values(Model());
        var failed = Model();
        _ = Assert.Throws<StateMismatchException>(() => failed.LoadStateDict([]));
        Assert.Equal(expected, Values(failed));
        var partial = Model();
        partial.LoadStateDict([], strict: false);
        Assert.Equal(expected, Values(partial));
    }

    [Fact]
    public void A_source_that_was_given_back_changes_nothing()
    {
        var model = Model();
        var before = Values(model);
        var state = Model().Initialize(new Philox(4)).StateDict();
        var copies = new StateDict();
        foreach (var (name, tensor) in state)
            copies.Add(name, tensor.Clone());
        copies["2.weight"].Dispose();
        Assert.Equal("2.weight", Assert.Throws<ObjectDisposedException>(() => model.LoadStateDict(copies)).ObjectName);
        Assert.Equal(before, Values(model));
    }

    [Fact]
    public void Names_are_unique_and_a_missing_one_lists_the_others()
    {
        var state = new StateDict { { "a", Tensor.Ones([1]) }, { "b", Tensor.Ones([1]) } };
        Assert.StartsWith(
            "two tensors are named \"a\"", Assert.Throws<ArgumentException>(() => state.Add("a", Tensor.Ones([1]))).Message, StringComparison.Ordinal);
        Assert.Equal("no tensor named \"c\"; there are: a, b", Assert.Throws<KeyNotFoundException>(() => state["c"]).Message);
        Assert.False(state.TryGet("c", out _));
        Assert.Equal(2, state.Count);
        _ = Assert.Throws<ArgumentNullException>(() => state.Add("d", null!));
    }

    private static Sequential Model() => new(new Linear(3, 4), new ReLU(), new Linear(4, 2));

    private static float[] Values(Module model) => [.. model.StateDict().SelectMany(entry => entry.Value.ToArray<float>())];
}
