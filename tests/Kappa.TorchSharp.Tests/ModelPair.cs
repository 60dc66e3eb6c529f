using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Devices;
using TorchSharp;
using Own = Kappa.Networks.Sequential;
using TorchSequential = TorchSharp.Modules.Sequential;

namespace Kappa.TorchSharp.Tests;

/// <summary>A model of either library with the same weights, and data for it.</summary>
internal sealed record ModelPair(TorchSequential Theirs, Own Ours, Func<ulong, Tensor> Inputs, Func<ulong, Tensor> Targets, DataType Type)
{
    internal static IEnumerable<string> Kinds => ["linear", "sequence", "convolution", "strided", "embedding", "nested", "no bias"];

    /// <summary>Makes a pair.</summary>
    internal static ModelPair Make(string kind, DataType type = DataType.Float64, bool smooth = false, int batch = 40)
    {
        var theirs = kind switch
        {
            "linear" => torch.nn.Sequential(
                ("first", torch.nn.Linear(6, 8)), ("activation", Activation()), ("last", torch.nn.Linear(8, 4))),
            "sequence" => torch.nn.Sequential(
                ("first", torch.nn.Linear(6, 8)), ("activation", Activation()), ("last", torch.nn.Linear(8, 4))),
            "no bias" => torch.nn.Sequential(
                ("first", torch.nn.Linear(6, 8, hasBias: false)), ("activation", Activation()), ("last", torch.nn.Linear(8, 4, hasBias: false))),
            "convolution" => torch.nn.Sequential(
                ("first", torch.nn.Conv2d(2, 5, 3, padding: 1)), ("activation", Activation()), ("second", torch.nn.Conv2d(5, 4, 3)), ("norm", torch.nn.Tanh()),
                ("flat", torch.nn.Flatten()), ("last", torch.nn.Linear(64, 4))),
            "strided" => torch.nn.Sequential(
                ("first", torch.nn.Conv2d(2, 4, 3, stride: 2, padding: 2, dilation: 2)), ("activation", Activation()), ("flat", torch.nn.Flatten()),
                ("last", torch.nn.Linear(36, 4))),
            "embedding" => torch.nn.Sequential(
                ("table", torch.nn.Embedding(7, 3)), ("flat", torch.nn.Flatten()), ("first", torch.nn.Linear(15, 6)), ("activation", Activation()),
                ("last", torch.nn.Linear(6, 4))),
            _ => torch.nn.Sequential(
                ("body", torch.nn.Sequential(("first", torch.nn.Linear(6, 8)), ("activation", Activation()))), ("drop", torch.nn.Identity()),
                ("head", torch.nn.Sequential(("last", torch.nn.Linear(8, 4))))),
        };
        Own ours = kind switch
        {
            "linear" or "sequence" => new(("first", new Linear(6, 8, type: type)), ("activation", OwnActivation()), ("last", new Linear(8, 4, type: type))),
            "no bias" => new(
                ("first", new Linear(6, 8, false, type: type)), ("activation", OwnActivation()), ("last", new Linear(8, 4, false, type: type))),
            "convolution" => new(
                ("first", new Conv2d(2, 5, 3, padding: 1, type: type)), ("activation", OwnActivation()), ("second", new Conv2d(5, 4, 3, type: type)),
                ("norm", new Tanh()), ("flat", new Flatten()), ("last", new Linear(64, 4, type: type))),
            "strided" => new(
                ("first", new Conv2d(2, 4, 3, 2, 2, 2, type: type)), ("activation", OwnActivation()), ("flat", new Flatten()),
                ("last", new Linear(36, 4, type: type))),
            "embedding" => new(
                ("table", new Embedding(7, 3, type: type)), ("flat", new Flatten()), ("first", new Linear(15, 6, type: type)),
                ("activation", OwnActivation()), ("last", new Linear(6, 4, type: type))),
            _ => new(
                ("body", new Own(("first", new Linear(6, 8, type: type)), ("activation", OwnActivation()))),
                ("head", new Own(("last", new Linear(8, 4, type: type))))),
        };
        _ = ours.Initialize(new Philox(4));
        _ = theirs.to(type == DataType.Float64 ? torch.float64 : torch.float32);
        using var quiet = torch.no_grad();
        foreach (var (name, tensor) in theirs.named_parameters())
            _ = tensor.copy_(Torch(ours.StateDict()[name]));
        int[] shape = kind switch
        {
            "sequence" => [batch, 3, 6],
            "convolution" or "strided" => [batch, 2, 6, 6],
            _ => [batch, 6],
        };
        return new ModelPair(
            theirs, ours, seed => kind == "embedding" ? Tokens(batch, seed) : Tensor.Normal(new Shape(shape), new Philox(seed), type: type),
            seed => Tensor.Normal(kind == "sequence" ? [batch, 3, 4] : [batch, 4], new Philox(seed), type: type), type);

        torch.nn.Module<torch.Tensor, torch.Tensor> Activation() => smooth ? torch.nn.Tanh() : torch.nn.ReLU(inplace: true);
        Module OwnActivation() => smooth ? new Tanh() : new ReLU();
    }

    internal static torch.Tensor Torch(Tensor tensor) => tensor.To(TorchDevice.Cpu).AsTorch();

    internal torch.Tensor TheirLoss(ulong seed) =>
        torch.nn.functional.mse_loss(Theirs.call(Torch(Inputs(seed))), Torch(Targets(seed + 1000)));

    internal Tensor OurLoss(ulong seed) => Loss.MeanSquaredError(Ours.Forward(Inputs(seed)), Targets(seed + 1000));

    internal void RequireSame(double tolerance)
    {
        foreach (var (name, tensor) in Theirs.named_parameters())
        {
            DeviceAgreement.RequireClose(
                Ours.StateDict()[name].To(DataType.Float64).ToArray<double>(), [.. tensor.detach().to(torch.float64).data<double>()], tolerance, name);
        }
    }

    private static Tensor Tokens(int batch, ulong seed)
    {
        var generator = new Philox(seed);
        using var numbers = Tensor.Uniform([batch, 5], generator, 0, 7);
        return Tensor.From<int>([.. numbers.ToArray<float>().Select(number => (int)number)], [batch, 5]);
    }
}
