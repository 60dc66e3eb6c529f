using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks;

/// <summary>Layers and losses of no examples, no positions, no pixels: an empty result, or an error in terms of the input; never NaN.</summary>
public sealed class EmptyInputTests
{
    private static readonly Dictionary<string, (Func<Module> Make, int[][] Shapes, DataType Type)> Layers = new()
    {
        ["Linear"] = (() => new Linear(3, 2), [[0, 3], [2, 0, 3], [0]], DataType.Float32),
        ["Conv2d"] = (() => new Conv2d(2, 3, 3, padding: 1), [[0, 2, 4, 4], [1, 2, 0, 4], [1, 2, 4, 0], [1, 0, 4, 4]], DataType.Float32),
        ["MaxPool2d"] = (() => new MaxPool2d(2), [[0, 2, 4, 4], [1, 0, 4, 4], [1, 2, 0, 4]], DataType.Float32),
        ["AvgPool2d"] = (() => new AvgPool2d(2), [[0, 2, 4, 4], [1, 0, 4, 4], [1, 2, 0, 4]], DataType.Float32),
        ["GlobalAvgPool2d"] = (() => new GlobalAvgPool2d(), [[0, 2, 4, 4], [1, 0, 4, 4], [1, 2, 0, 4], [1, 2, 4, 0]], DataType.Float32),
        ["BatchNorm1d"] = (() => new BatchNorm1d(3), [[0, 3], [1, 3], [2, 0]], DataType.Float32),
        ["BatchNorm2d"] = (() => new BatchNorm2d(3), [[0, 3, 2, 2], [1, 3, 0, 2], [1, 3, 1, 1]], DataType.Float32),
        ["LayerNorm"] = (() => new LayerNorm(3), [[0, 3], [2, 0, 3], [2, 0]], DataType.Float32),
        ["RMSNorm"] = (() => new RMSNorm(3), [[0, 3], [2, 0, 3], [2, 0]], DataType.Float32),
        ["Embedding"] = (() => new Embedding(4, 3), [[0], [2, 0], [0, 2]], DataType.Int32),
        ["SelfAttention"] = (() => new SelfAttention(new SelfAttentionOptions { Width = 4, Heads = 2, ContextLength = 5 }), [[0, 3, 4], [2, 0, 4], [0, 0, 4]],
            DataType.Float32),
        ["SelfAttention, both directions"] = (() =>
            new SelfAttention(new SelfAttentionOptions { Width = 4, Heads = 2, ContextLength = 5, Causal = false, RotaryBase = null }), [[0, 3, 4], [2, 0, 4]],
            DataType.Float32),
        ["Transformer"] = (() => new Transformer(new TransformerOptions { VocabularySize = 5, ContextLength = 4, Width = 8, Layers = 1, Heads = 2 }),
            [[0, 4], [2, 0], [0, 0]], DataType.Int32),
        ["ResNet18"] = (() => new ResNet18(1, 2, 2), [[0, 1, 8, 8], [1, 1, 0, 8]], DataType.Float32),
        ["Dropout"] = (() => new Dropout(0.5), [[0], [2, 0]], DataType.Float32),
        ["Flatten"] = (() => new Flatten(), [[0, 2, 3], [2, 0, 3], [0]], DataType.Float32),
        ["PReLU"] = (() => new PReLU(), [[0, 3], [2, 0]], DataType.Float32),
        ["LeakyReLU"] = (() => new LeakyReLU(), [[0, 3], [2, 0]], DataType.Float32),
        ["CReLU"] = (() => new CReLU(), [[0, 3], [2, 0]], DataType.Float32),
        ["GroupSort"] = (() => new GroupSort(2), [[0, 4], [2, 0]], DataType.Float32),
        ["MaxMin"] = (() => new MaxMin(), [[0, 4], [2, 0]], DataType.Float32),
        ["ReLU"] = (() => new ReLU(), [[0, 3], [2, 0]], DataType.Float32),
        ["GELU"] = (() => new GELU(), [[0, 3], [2, 0]], DataType.Float32),
        ["SiLU"] = (() => new SiLU(), [[0, 3], [2, 0]], DataType.Float32),
        ["Tanh"] = (() => new Tanh(), [[0, 3], [2, 0]], DataType.Float32),
        ["Sigmoid"] = (() => new Sigmoid(), [[0, 3], [2, 0]], DataType.Float32),
        ["SquaredReLU"] = (() => new SquaredReLU(), [[0, 3], [2, 0]], DataType.Float32),
        ["Residual"] = (() => new Residual(new Linear(3, 3)), [[0, 3], [2, 0]], DataType.Float32),
        ["Sequential"] = (() => new Sequential(new Linear(3, 4), new BatchNorm1d(4), new ReLU(), new Linear(4, 2)), [[0, 3], [2, 0]], DataType.Float32),
    };

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (string name in Layers.Keys)
            {
                cases.Add(name, true);
                cases.Add(name, false);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_layer_of_nothing(string name, bool training)
    {
        var (make, shapes, type) = Layers[name];
        foreach (int[] shape in shapes)
        {
            using var scope = TensorScope.Begin();
            var layer = make().Initialize(new Philox(1));
            if (training)
                layer.Train();
            else
                layer.Eval();
            var error = Record.Exception(() =>
            {
                var result = layer.Forward(Tensor.Zeros(new Shape(shape), type));
                Assert.Equal(-1, result.FirstNonFinite());
                if (result.RequiresGradient)
                    result.Sum().Backward();
            });
            Assert.All(layer.StateDict(), entry => Assert.Equal(-1, entry.Value.FirstNonFinite()));
            Assert.All(layer.Parameters(), parameter => Assert.True(parameter.Tensor.Gradient is null || parameter.Tensor.Gradient.FirstNonFinite() < 0));
            Assert.True(error is null or TensorShapeException, $"{name} of [{string.Join(", ", shape)}]: {error}");
        }
    }

    [Theory]
    [InlineData("SelfAttention", 1)]
    [InlineData("SelfAttention, both directions", 1)]
    [InlineData("Transformer", 1)]
    public void Sequences_of_no_positions_are_called_that(string name, int index)
    {
        var (make, shapes, type) = Layers[name];
        var error = Assert.Throws<TensorShapeException>(() => make().Initialize(new Philox(1)).Forward(Tensor.Zeros(new Shape(shapes[index]), type)));
        Assert.Contains("sequences of no positions", error.Message, StringComparison.Ordinal);
        Assert.Contains("Leave empty ones out", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Means => [.. Reductions.Keys];

    private static readonly Dictionary<string, Func<Tensor>> Reductions = new()
    {
        ["Mean"] = () => Tensor.Zeros([0]).Mean(),
        ["Mean(axis)"] = () => Tensor.Zeros([0, 3]).Mean(0),
        ["Max"] = () => Tensor.Zeros([2, 0]).Max(1),
        ["Softmax"] = () => Tensor.Zeros([2, 0]).Softmax() * Tensor.Zeros([2, 0]),
        ["CrossEntropy, no rows"] = () => Loss.CrossEntropy(Tensor.Zeros([0, 3]), Tensor.Zeros([0], DataType.Int32)),
        ["CrossEntropy, no classes"] = () => Loss.CrossEntropy(Tensor.Zeros([2, 0]), Tensor.Zeros([2], DataType.Int32)),
        ["MeanSquaredError"] = () => Loss.MeanSquaredError(Tensor.Zeros([0, 2]), Tensor.Zeros([0, 2])),
        ["BatchNorm"] = () => Tensor.Zeros([0, 2]).BatchNorm(null, null),
        ["GlobalAvgPool2d"] = () => Tensor.Zeros([1, 2, 0, 3]).GlobalAvgPool2d(),
        ["Attention, no keys"] = () => Tensor.Ones([1, 2, 1, 4]).Attention(Tensor.Zeros([1, 0, 1, 4]), Tensor.Zeros([1, 0, 1, 4])),
    };

    [Theory]
    [MemberData(nameof(Means))]
    public void The_mean_or_the_largest_of_nothing_is_an_error_and_not_NaN(string name)
    {
        var error = Record.Exception(() =>
        {
            using var scope = TensorScope.Begin();
            var result = Reductions[name]();
            Assert.True(result.FirstNonFinite() < 0, $"{name} gave {result.ElementAsDouble(Math.Max(0, result.FirstNonFinite()))}");
        });
        Assert.True(error is null or TensorShapeException, $"{name}: {error}");
    }
}
