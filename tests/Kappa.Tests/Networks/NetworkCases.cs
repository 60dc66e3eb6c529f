using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks;

/// <summary>A module of every kind in the library, small, with an input for it.</summary>
internal static class NetworkCases
{
    private static readonly SelfAttentionOptions Attention = new() { Width = 8, Heads = 2, KeyHeads = 1, ContextLength = 4, RotaryBase = 100 };

    private static readonly TransformerOptions Language = new() { VocabularySize = 7, ContextLength = 4, Layers = 1, Width = 8, Heads = 2, Dropout = 0.25 };

    private static readonly FlowMixerOptions Flow = new() { Channels = 1, Height = 4, Width = 4, PatchSize = 2, Features = 6, Layers = 1, TokenHidden = 5,
        ChannelHidden = 6, TimeFrequencies = 2 };

    private static readonly Dictionary<Type, (Func<Module> Make, Func<Tensor> Input)> Cases = new()
    {
        [typeof(Linear)] = (() => new Linear(6, 5), Rows),
        [typeof(Conv2d)] = (() => new Conv2d(2, 3, 3, padding: 1), Images),
        [typeof(Embedding)] = (() => new Embedding(7, 5), Tokens),
        [typeof(LayerNorm)] = (() => new LayerNorm(6), Rows),
        [typeof(RMSNorm)] = (() => new RMSNorm(6), Rows),
        [typeof(BatchNorm1d)] = (() => new BatchNorm1d(6), Rows),
        [typeof(BatchNorm2d)] = (() => new BatchNorm2d(2), Images),
        [typeof(PReLU)] = (() => new PReLU(6), Rows),
        [typeof(Dropout)] = (() => new Dropout(0.5), Rows),
        [typeof(SelfAttention)] = (() => new SelfAttention(Attention), Sequences),
        [typeof(RotaryEmbedding)] = (() => new RotaryEmbedding(4, 4), () => Sequences().Reshape([2, 4, 2, 4])),
        [typeof(TransformerBlock)] = (() => new TransformerBlock(Language), Sequences),
        [typeof(Transformer)] = (() => new Transformer(Language), Tokens),
        [typeof(MixerBlock)] = (() => new MixerBlock(4, 8, 5, 6), Sequences),
        [typeof(FlowMixer)] = (() => new FlowMixer(Flow), () => Numbers([2, 17])),
        [typeof(BasicBlock)] = (() => new BasicBlock(2, 4, 2), Images),
        [typeof(ResNet18)] = (() => new ResNet18(2, 3, 2), Images),
        [typeof(Residual)] = (() => new Residual(new Linear(6, 5), new Linear(6, 5)), Rows),
        [typeof(Sequential)] = (() => new Sequential(
            new Linear(6, 8), new ReLU(), new BatchNorm1d(8), new Dropout(0.25), new Sequential(new Linear(8, 4), new PReLU(), new LayerNorm(4))), Rows),
        [typeof(TimeFeatures)] = (() => new TimeFeatures(2), Rows),
        [typeof(ReLU)] = (() => new ReLU(), Rows),
        [typeof(Tanh)] = (() => new Tanh(), Rows),
        [typeof(Sigmoid)] = (() => new Sigmoid(), Rows),
        [typeof(GELU)] = (() => new GELU(), Rows),
        [typeof(SiLU)] = (() => new SiLU(), Rows),
        [typeof(SquaredReLU)] = (() => new SquaredReLU(), Rows),
        [typeof(LeakyReLU)] = (() => new LeakyReLU(), Rows),
        [typeof(CReLU)] = (() => new CReLU(), Rows),
        [typeof(MaxMin)] = (() => new MaxMin(), Rows),
        [typeof(GroupSort)] = (() => new GroupSort(3), Rows),
        [typeof(Flatten)] = (() => new Flatten(), Images),
        [typeof(MaxPool2d)] = (() => new MaxPool2d(2), Images),
        [typeof(AvgPool2d)] = (() => new AvgPool2d(2), Images),
        [typeof(GlobalAvgPool2d)] = (() => new GlobalAvgPool2d(), Images),
    };

    /// <summary>Every class of modules in the library, so that one without a case fails.</summary>
    public static TheoryData<string> Names =>
        [.. typeof(Module).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Module))).Select(type => type.Name).Order(StringComparer.Ordinal)];

    public static Module Make(string name) => Of(name).Make();

    public static Tensor Input(string name) => Of(name).Input();

    private static (Func<Module> Make, Func<Tensor> Input) Of(string name) =>
        Cases.Single(entry => entry.Key.Name == name, $"there is no case for {name} in {nameof(NetworkCases)}").Value;

    private static T Single<T>(this IEnumerable<T> cases, Func<T, bool> predicate, string error)
    {
        var found = cases.Where(predicate).ToArray();
        return found.Length == 1 ? found[0] : throw new InvalidOperationException(error);
    }

    private static Tensor Rows() => Numbers([4, 6]);

    private static Tensor Images() => Numbers([2, 2, 8, 8]);

    private static Tensor Sequences() => Numbers([2, 4, 8]);

    private static Tensor Tokens() => Tensor.From([3, 0, 6, 1, 2, 2, 5, 4], [2, 4]);

    private static Tensor Numbers(Shape shape) => Tensor.Normal(shape, new Philox(77));
}
