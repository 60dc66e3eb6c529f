using Kappa.Diagnostics;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Diagnostics;

/// <summary>Against counts made by hand.</summary>
public sealed class ModelSummaryTests
{
    [Fact]
    public void A_perceptron_is_counted_layer_by_layer()
    {
        var model = new Sequential(("fc1", new Linear(784, 100)), ("relu", new ReLU()), ("fc2", new Linear(100, 10)));
        var summary = model.Summary([32, 784]);
        Assert.Equal(["", "fc1", "relu", "fc2"], summary.Rows.Select(row => row.Path));
        Assert.Equal(["Sequential", "Linear", "ReLU", "Linear"], summary.Rows.Select(row => row.Type));
        Assert.Equal([0, 78500, 0, 1010], summary.Rows.Select(row => row.Parameters));
        Assert.Equal([0, (2L * 32 * 784 * 100) + 3200, 3200, (2L * 32 * 100 * 10) + 320], summary.Rows.Select(row => row.Flops));
        Assert.Equal([0, 12800, 12800, 1280], summary.Rows.Select(row => row.ActivationBytes));
        Assert.Equal(new Shape(32, 10), summary.OutputShape);
        Assert.Equal((79510L, 5_088_320L), (summary.Parameters, summary.Flops));
        Assert.Equal("""
            Layer    Type        Output     Parameters      Flops  Activations
            ------------------------------------------------------------------
            (model)  Sequential  [32, 10]            0          0          0 B
            fc1      Linear      [32, 100]      78,500  5,020,800     12.5 KiB
            relu     ReLU        [32, 100]           0      3,200     12.5 KiB
            fc2      Linear      [32, 10]        1,010     64,320      1.3 KiB
            ------------------------------------------------------------------
            Total    Sequential  [32, 10]       79,510  5,088,320     26.3 KiB
            """.ReplaceLineEndings("\n"), summary.ToString());
    }

    [Fact]
    public void Convolutions_norms_and_what_happens_between_modules_are_counted_once()
    {
        var model = new Sequential(
            ("conv", new Conv2d(3, 8, 3, padding: 1)), ("norm", new BatchNorm2d(8)), ("block", new Residual(new Conv2d(8, 8, 1, bias: false))),
            ("pool", new GlobalAvgPool2d()));
        _ = model.Initialize(new Philox(1));
        model.Train();
        string before = string.Join(' ', model.StateDict().Select(entry => Convert.ToHexString(entry.Value.Bytes)));
        var summary = model.Summary([2, 3, 6, 6]);
        Assert.Equal(before, string.Join(' ', model.StateDict().Select(entry => Convert.ToHexString(entry.Value.Bytes))));
        Assert.All(model.Modules(), entry => Assert.True(entry.Module.Training));
        const long Pixels = 2 * 8 * 6 * 6;
        Assert.Equal((2 * Pixels * 3 * 9) + Pixels, Row("conv").Flops);
        Assert.Equal(8 * 3 * 9 + 8, Row("conv").Parameters);
        Assert.Equal(16, Row("norm").Parameters);
        Assert.Equal(2 * Pixels * 8, summary.Rows.Where(row => row.Path.StartsWith("block.", StringComparison.Ordinal)).Sum(row => row.Flops));
        Assert.Equal(Pixels, Row("block").Flops);
        Assert.Equal(new Shape(2, 8, 6, 6), Row("block").OutputShape);
        Assert.Equal(summary.Rows.Sum(row => row.ActivationBytes), summary.ActivationBytes);

        ModuleSummary Row(string path) => summary.Rows.Single(row => row.Path == path);
    }

    [Fact]
    public void A_transformer_takes_tokens_and_its_products_are_those_of_the_shapes()
    {
        const int Batch = 2, Tokens = 5, Width = 8, Vocabulary = 11;
        var model = new Transformer(new TransformerOptions { VocabularySize = Vocabulary, Width = Width, Heads = 2, Layers = 2, ContextLength = Tokens });
        var summary = model.Summary([Batch, Tokens]);
        Assert.Equal(model.Parameters().Sum(parameter => (long)parameter.Tensor.Count), summary.Parameters);
        Assert.Equal(new Shape(Batch, Tokens, Vocabulary), summary.OutputShape);
        // Every matrix but the table of embeddings meets every token once, unless the table is the head as well.
        long products = model.Parameters().Where(parameter => parameter.Tensor.Rank == 2).Sum(parameter => (long)parameter.Tensor.Count);
        Assert.InRange(summary.Flops, 2L * Batch * Tokens * (products - (Vocabulary * Width)), 4L * Batch * Tokens * products);
    }

    [Fact]
    public void A_module_that_is_called_twice_or_never_says_so()
    {
        var summary = new Repeated().Summary([4, 3]);
        var twice = summary.Rows.Single(row => row.Path == "twice");
        Assert.Equal((2, 12, 2 * ((2L * 4 * 3 * 3) + 12)), (twice.Calls, twice.Parameters, twice.Flops));
        var never = summary.Rows.Single(row => row.Path == "never");
        Assert.Equal((0, null, 12L), (never.Calls, never.OutputShape, never.Parameters));
        Assert.Contains("not called", summary.ToString(), StringComparison.Ordinal);
        Assert.Contains("[4, 3] x2", summary.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_that_does_not_fit_is_an_error_of_the_layer() => Assert.Equal(
        "Linear: the input [4, 5] has 5 features; the weight [2, 3] (0.weight) takes 3",
        Assert.Throws<TensorShapeException>(() => new Sequential(new Linear(3, 2)).Summary([4, 5])).Message);

    private sealed class Repeated : Module
    {
        private readonly Linear _twice;

        public Repeated()
        {
            _twice = RegisterModule("twice", new Linear(3, 3));
            _ = RegisterModule("never", new Linear(3, 3));
        }

        protected override Tensor ForwardCore(Tensor input) => _twice.Forward(_twice.Forward(input));
    }
}
