namespace Kappa.Onnx.Tests;

/// <summary>Every layer and model that there is, with the shape of one input.</summary>
internal static class Cases
{
    private static readonly Dictionary<string, (Func<Module> Make, int[] Shape, bool IsOfIndices)> All = new()
    {
        ["linear"] = (() => new Linear(5, 3), [5], false),
        ["linear without bias"] = (() => new Linear(5, 3, bias: false), [5], false),
        ["linear on sequences"] = (() => new Linear(5, 3), [4, 5], false),
        ["perceptron"] = (() => new Sequential(new Linear(6, 8), new ReLU(), new Linear(8, 7), new Tanh(), new Linear(7, 2)), [6], false),
        ["relu"] = (() => new ReLU(), [7], false),
        ["tanh"] = (() => new Tanh(), [7], false),
        ["sigmoid"] = (() => new Sigmoid(), [7], false),
        ["gelu"] = (() => new GELU(), [7], false),
        ["silu"] = (() => new SiLU(), [7], false),
        ["squared relu"] = (() => new SquaredReLU(), [7], false),
        ["leaky relu"] = (() => new LeakyReLU(0.1), [7], false),
        ["prelu"] = (() => new PReLU(), [7], false),
        ["prelu of channels"] = (() => new PReLU(3), [3, 4, 4], false),
        ["crelu"] = (() => new CReLU(), [6], false),
        ["group sort"] = (() => new GroupSort(3), [6, 2, 2], false),
        ["max min"] = (() => new MaxMin(), [8], false),
        ["convolution"] = (() => new Conv2d(3, 4, 3, stride: 2, padding: 1), [3, 9, 8], false),
        ["convolution in groups, dilated"] = (() => new Conv2d(4, 6, 3, dilation: 2, groups: 2, bias: false), [4, 9, 9], false),
        ["convolution and activation"] = (() => new Sequential(new Conv2d(2, 3, 3), new ReLU(), new Conv2d(3, 2, 1), new SiLU()), [2, 6, 6], false),
        ["max pooling"] = (() => new MaxPool2d(3, 2, 1), [2, 9, 9], false),
        ["average pooling"] = (() => new AvgPool2d(3, 2, 1), [2, 8, 8], false),
        ["global pooling"] = (() => new GlobalAvgPool2d(), [3, 5, 4], false),
        ["flatten"] = (() => new Flatten(), [3, 2, 2], false),
        ["batch norm of features"] = (() => new BatchNorm1d(5), [5], false),
        ["batch norm of channels"] = (() => new BatchNorm2d(3), [3, 4, 4], false),
        ["batch norm without parameters"] = (() => new BatchNorm2d(3, parameters: false), [3, 4, 4], false),
        ["layer norm"] = (() => new LayerNorm(6), [3, 6], false),
        ["layer norm without parameters"] = (() => new LayerNorm(6, parameters: false), [6], false),
        ["rms norm"] = (() => new RMSNorm(6), [3, 6], false),
        ["dropout"] = (() => new Sequential(new Linear(4, 4), new Dropout(0.5), new Linear(4, 2)), [4], false),
        ["residual"] = (() => new Residual(new Sequential(new Linear(4, 9), new ReLU(), new Linear(9, 4))), [4], false),
        ["embedding"] = (() => new Embedding(11, 4), [5], true),
        ["rotary embedding"] = (() => new RotaryEmbedding(7, 4), [5, 3, 4], false),
        ["attention"] = (() => new SelfAttention(new SelfAttentionOptions { Width = 8, Heads = 2, ContextLength = 6 }), [5, 8], false),
        ["causal attention with shared keys"] = (() => new SelfAttention(
            new SelfAttentionOptions { Width = 16, Heads = 4, KeyHeads = 2, ContextLength = 6, Causal = true, RotaryBase = 100 }), [6, 16], false),
        ["transformer"] = (() => new Transformer(new TransformerOptions { VocabularySize = 13, ContextLength = 9, Width = 16, Heads = 2, Layers = 2 }), [8],
            true),
        ["time features"] = (() => new TimeFeatures(3), [3], false),
        ["flow mixer"] = (() => new FlowMixer(new FlowMixerOptions { Channels = 2, Height = 4, Width = 6, PatchSize = 2, Features = 8, Layers = 1,
            TokenHidden = 4, ChannelHidden = 8 }), [49], false),
        ["mixer block"] = (() => new MixerBlock(4, 6, 5, 7), [4, 6], false),
        ["basic block"] = (() => new BasicBlock(3, 4, 2), [3, 8, 8], false),
        ["resnet-18"] = (() => new ResNet18(3, 10, width: 8), [3, 32, 32], false),
    };

    internal static IEnumerable<string> Names => All.Keys;

    /// <summary>The kinds of modules that stand in them.</summary>
    internal static HashSet<Type> Kinds => [.. All.Values.SelectMany(entry => entry.Make().Modules()).Select(module => module.Module.GetType())];

    /// <summary>Makes a model whose parameters and buffers are drawn anew, so that none is what it is at first.</summary>
    internal static (Module Model, int[] Shape, bool IsOfIndices) Make(string name)
    {
        var (make, shape, isOfIndices) = All[name];
        var model = make();
        var random = new Philox(7);
        foreach (var (key, tensor) in model.StateDict().Where(entry => entry.Value.DataType is DataType.Float32 or DataType.Float64))
        {
            // A variance is above zero, and weights do not grow with the width.
            double size = tensor.Rank < 2 ? 1 : 1 / Math.Sqrt(tensor.Count / tensor.Shape[0]);
            using var values = key.EndsWith("running_var", StringComparison.Ordinal) ? Tensor.Uniform(tensor.Shape, random, 0.5, 2)
                : Tensor.Normal(tensor.Shape, random, tensor.Rank < 2 ? 0.5 : 0, size);
            tensor.CopyFromInPlace(values);
        }

        model.Eval();
        return (model, shape, isOfIndices);
    }

    internal static Tensor Input(int[] shape, bool isOfIndices, int batch, ulong seed = 3)
    {
        Shape whole = [batch, .. shape];
        var random = new Philox(seed);
        if (!isOfIndices)
            return Tensor.Normal(whole, random);
        int[] indices = [.. Enumerable.Range(0, whole.Count).Select(i => random.NextInt32(11))];
        return Tensor.From(indices, whole);
    }
}
