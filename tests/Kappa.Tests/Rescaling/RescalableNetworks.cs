using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

/// <summary>Networks of every kind that a rescaling must take, with random biases, norms and running statistics.</summary>
internal static class RescalableNetworks
{
    internal static TheoryData<string, DataType> All()
    {
        var data = new TheoryData<string, DataType>();
        foreach (string name in Names)
        {
            data.Add(name, DataType.Float32);
            data.Add(name, DataType.Float64);
        }

        return data;
    }

    internal static IReadOnlyList<string> Names { get; } =
        ["mlp", "mlp-bn", "mlp-dropout", "mlp-prelu", "mlp-prelu-channels", "mlp-leaky", "residual-mlp", "tied-weights", "conv", "conv-bn-pool", "conv-flatten",
            "grouped", "depthwise", "resnet18", "maxmin", "gelu-between", "bias-free"];

    internal static (Module Model, int[] Input) Create(string name, DataType type, ulong seed = 1)
    {
        Linear Lin(int from, int to, bool bias = true) => new(from, to, bias, type: type);
        Conv2d Conv(int from, int to, int kernel = 3, int stride = 1, int groups = 1, bool bias = true) =>
            new(from, to, kernel, stride, kernel / 2, groups: groups, bias: bias, type: type);
        (Module Model, int[] Input) made = name switch
        {
            "mlp" => (new Sequential(Lin(6, 12), new ReLU(), Lin(12, 3), new ReLU(), Lin(3, 9), new ReLU(), Lin(9, 4)), [6]),
            "bias-free" => (new Sequential(Lin(6, 12, false), new ReLU(), Lin(12, 9, false), new ReLU(), Lin(9, 4, false)), [6]),
            "mlp-bn" => (new Sequential(
            Lin(6, 12), new BatchNorm1d(12, type: type), new ReLU(), Lin(12, 7, false), new BatchNorm1d(7, type: type), new ReLU(), Lin(7, 4)), [6]),
            "mlp-dropout" => (new Sequential(Lin(6, 12), new ReLU(), new Dropout(0.3), Lin(12, 7), new ReLU(), Lin(7, 4)), [6]),
            "mlp-prelu" => (new Sequential(Lin(6, 12), new PReLU(type: type), Lin(12, 7), new PReLU(type: type), Lin(7, 4)), [6]),
            "mlp-prelu-channels" => (new Sequential(Lin(6, 12), new PReLU(12, type), Lin(12, 7), new PReLU(7, type), Lin(7, 4)), [6]),
            "mlp-leaky" => (new Sequential(Lin(6, 12), new LeakyReLU(0.2), Lin(12, 7), new LeakyReLU(), Lin(7, 4)), [6]),
            "residual-mlp" =>
            (new Sequential(Lin(6, 8), new ReLU(), new Residual(new Sequential(Lin(8, 8), new ReLU())),
            new Residual(new Sequential(Lin(8, 5), new ReLU(), Lin(5, 8))), new ReLU(), Lin(8, 4)), [6]),
            "tied-weights" => (new TiedNetwork(type), [6]),
            "conv" => (new Sequential(Conv(2, 5), new ReLU(), Conv(5, 4, 3, 2), new ReLU(), Conv(4, 3), new GlobalAvgPool2d()), [2, 9, 8]),
            "conv-bn-pool" =>
            (new Sequential(Conv(2, 5, bias: false), new BatchNorm2d(5, type: type), new ReLU(), new MaxPool2d(2), Conv(5, 4), new BatchNorm2d(4, type: type),
            new ReLU(), new AvgPool2d(2), Conv(4, 6), new ReLU(), new GlobalAvgPool2d(), Lin(6, 3)), [2, 8, 8]),
            "conv-flatten" => (new Sequential(Conv(2, 5), new ReLU(), new MaxPool2d(3, 2, 1), new Flatten(), Lin(5 * 16, 6), new ReLU(), Lin(6, 3)), [2, 8, 8]),
            "grouped" =>
            (new Sequential(Conv(2, 6), new ReLU(), Conv(6, 9, groups: 3), new ReLU(), Conv(9, 4, 1), new ReLU(), new GlobalAvgPool2d(), Lin(4, 3)), [2, 6, 6]),
            "depthwise" =>
            (new Sequential(Conv(2, 6), new ReLU(), Conv(6, 6, groups: 6), new ReLU(), Conv(6, 4, 1), new ReLU(), new GlobalAvgPool2d(), Lin(4, 3)), [2, 6, 6]),
            "resnet18" => (new ResNet18(2, 4, width: 4, type), [2, 9, 9]),
            "maxmin" => (new Sequential(Lin(6, 12), new MaxMin(), Lin(12, 8), new GroupSort(4), Lin(8, 4)), [6]),
            "gelu-between" => (new Sequential(Lin(6, 12), new ReLU(), Lin(12, 8), new GELU(), Lin(8, 5), new ReLU(), Lin(5, 4)), [6]),
            _ => throw new ArgumentException(name),
        };
        Randomize(made.Model.Initialize(new Philox(seed)), new Philox(seed).Split("statistics"));
        return made;
    }

    internal static Tensor Example(int[] input, DataType type, int batch = 6, ulong seed = 5) => Tensor.Normal([batch, .. input], new Philox(seed), type: type);

    /// <summary>Biases, norms and running statistics away from 0 and 1.</summary>
    private static void Randomize(Module model, Philox generator)
    {
        foreach (var (name, tensor) in model.StateDict())
        {
            if (!tensor.DataType.IsFloating() || (tensor.Rank > 1) || tensor.Count == 0)
                continue;
            bool positive = name.EndsWith("running_var", StringComparison.Ordinal);
            for (int i = 0; i < tensor.Count; i++)
            {
                double value = positive ? 0.3 + generator.NextDouble() : generator.NextNormal();
                if (tensor.DataType == DataType.Float32)
                    tensor.Values<float>()[i] = (float)value;
                else
                    tensor.Values<double>()[i] = value;
            }
        }
    }

    /// <summary>relu(W relu(W relu(V x))), where W is one matrix: its rows and columns are one set of units.</summary>
    private sealed class TiedNetwork : Module
    {
        private readonly Linear _first, _middle, _last;

        internal TiedNetwork(DataType type)
        {
            _first = RegisterModule("first", new Linear(6, 5, type: type));
            _middle = RegisterModule("middle", new Linear(5, 5, type: type));
            _last = RegisterModule("last", new Linear(5, 4, type: type));
        }

        protected override Tensor ForwardCore(Tensor input) => _last.Forward(_middle.Forward(_middle.Forward(_first.Forward(input).Relu()).Relu()).Relu());
    }
}
