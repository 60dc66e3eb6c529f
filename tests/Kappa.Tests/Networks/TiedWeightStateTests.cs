using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;
using Kappa.Tests.Checkpoints;

namespace Kappa.Tests.Networks;

/// <summary>One tensor under two names: stored twice, once, and with different values.</summary>
public sealed class TiedWeightStateTests
{
    [Theory]
    [InlineData("embedding.weight")]
    [InlineData("head")]
    [InlineData(null)]
    public void A_file_that_stores_a_shared_tensor_once_or_twice_alike_loads(string? leftOut)
    {
        var source = Tied(seed: 3);
        var state = new StateDict();
        foreach (var (name, tensor) in source.StateDict().Where(entry => entry.Key != leftOut))
            state.Add(name, tensor);
        var target = Tied(seed: 4);
        target.LoadStateDict(state);
        Assert.Equal(Values(source), Values(target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_different_values_for_one_tensor_are_refused_by_both_names_and_nothing_is_loaded(bool strict)
    {
        var state = new StateDict();
        foreach (var (name, tensor) in Tied(seed: 3).StateDict())
            state.Add(name, tensor.Clone());
        state["head"].Values<float>()[3] += 1;
        var target = Tied(seed: 4);
        float[] before = Values(target);
        var error = Assert.Throws<StateMismatchException>(() => target.LoadStateDict(state, strict));
        Assert.Contains("one tensor with different values: head and embedding.weight", error.Message, StringComparison.Ordinal);
        Assert.Equal(["head and embedding.weight"], error.Conflicting);
        Assert.Equal(before, Values(target));
    }

    [Fact]
    public void A_shared_tensor_that_is_missing_under_all_its_names_is_missing()
    {
        var state = new StateDict();
        state.Add("bias", Tensor.Zeros([5]));
        Assert.Equal(["head", "embedding.weight"], Assert.Throws<StateMismatchException>(() => Tied(seed: 3).LoadStateDict(state)).Missing);
    }

    [Fact]
    public void A_checkpoint_of_a_model_with_a_shared_tensor_resumes_to_the_same_bits_and_a_file_of_it_loads()
    {
        using var folder = new TemporaryFolder();
        var whole = Tied(seed: 3);
        var wholeOptimizer = new AdamW(whole.Parameters(), 0.01);
        Train(whole, wholeOptimizer, 0, 6);
        var first = Tied(seed: 3);
        var optimizer = new AdamW(first.Parameters(), 0.01);
        Train(first, optimizer, 0, 3);
        _ = Checkpoint.Save(folder.Path, 3, first, optimizer, new Philox(1).State);
        var second = Tied(seed: 9);
        var resumed = new AdamW(second.Parameters(), 0.5);
        _ = Checkpoint.LoadLatest(folder.Path, second, resumed);
        Train(second, resumed, 3, 6);
        Assert.Equal(Values(whole), Values(second));
        whole.StateDict().Save(folder.File("tied.safetensors"));
        var third = Tied(seed: 10);
        third.LoadStateDict(StateDict.Load(folder.File("tied.safetensors")));
        Assert.Equal(Values(whole), Values(third));
    }

    [Fact]
    public void Rescaling_names_a_shared_tensor_rather_than_stumbling_over_it()
    {
        var error = Record.Exception(() => PathConditioning.Rescale(new TiedSquare(), new RescalingOptions { InputShape = [4] }));
        Assert.True(error is null or NotRescalableException, $"{error}");
    }

    private static TiedNetwork Tied(ulong seed)
    {
        var model = new TiedNetwork();
        _ = model.Initialize(new Philox(seed));
        return model;
    }

    private static void Train(TiedNetwork model, Optimizer optimizer, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            using var scope = TensorScope.Begin();
            var generator = new Philox(77).Split(step);
            var tokens = Tensor.From([.. Enumerable.Range(0, 6).Select(_ => generator.NextInt32(5))], [6]);
            Loss.CrossEntropy(model.Forward(tokens), Tensor.From([0, 1, 2, 3, 4, 0], [6])).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    private static float[] Values(Module model) => [.. model.StateDict().SelectMany(entry => entry.Value.ToArray<float>())];

    /// <summary>Logits are products with the rows of the embedding.</summary>
    private sealed class TiedNetwork : Module
    {
        private readonly Embedding _embedding;
        private readonly Tensor _head;
        private readonly Tensor _bias;

        internal TiedNetwork()
        {
            _embedding = RegisterModule("embedding", new Embedding(5, 4));
            _head = RegisterParameter("head", _embedding.Weight);
            _bias = RegisterParameter("bias", Tensor.Zeros([5]));
        }

        protected override Tensor ForwardCore(Tensor input) => _embedding.Forward(input).Linear(_head, _bias);
    }

    private sealed class TiedSquare : Module
    {
        private readonly Linear _first;
        private readonly Tensor _second;

        internal TiedSquare()
        {
            _first = RegisterModule("first", new Linear(4, 4));
            _second = RegisterParameter("second", _first.Weight);
        }

        protected override Tensor ForwardCore(Tensor input) => _first.Forward(input).Relu().Linear(_second, bias: null);
    }
}
