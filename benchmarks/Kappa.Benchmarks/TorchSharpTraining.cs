using System.Diagnostics;
using TorchSharp;
using F = TorchSharp.torch.nn.functional;
using Model = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Kappa.Benchmarks;

/// <summary>A training step of TorchSharp, as its users write it.</summary>
internal sealed class TorchSharpTraining
{
    private readonly Model _model;
    private readonly torch.Tensor _x;
    private readonly torch.Tensor _y;
    private readonly torch.optim.Optimizer _optimizer;
    private readonly Action? _beforeStep;

    /// <summary>Makes one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="x">Its input.</param>
    /// <param name="y">Labels, or numbers of the output's shape.</param>
    /// <param name="optimizer">Makes the optimizer.</param>
    /// <param name="beforeStep">What is done to gradients by hand.</param>
    internal TorchSharpTraining(
        Model model, torch.Tensor x, torch.Tensor y, Func<Model, torch.optim.Optimizer>? optimizer = null, Func<Model, Action>? beforeStep = null)
    {
        (_model, _x, _y, _beforeStep) = (model, x, y, beforeStep?.Invoke(model));
        _optimizer = optimizer?.Invoke(model) ?? torch.optim.AdamW(model.parameters(), 1e-3);
    }

    internal static Model Perceptron(params int[] sizes)
    {
        var modules = new List<Model>();
        for (int i = 0; i + 1 < sizes.Length; i++)
        {
            modules.Add(torch.nn.Linear(sizes[i], sizes[i + 1]));
            if (i + 2 < sizes.Length)
                modules.Add(torch.nn.ReLU());
        }

        return torch.nn.Sequential(modules);
    }

    internal static Model Convolutions() => torch.nn.Sequential(
        torch.nn.Conv2d(1, 32, 3, padding: 1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(32, 64, 3, padding: 1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(64, 128, 3, padding: 1), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(128, 10));

    internal double Run(int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
        {
            using var scope = torch.NewDisposeScope();
            _optimizer.zero_grad();
            Loss().backward();
            _beforeStep?.Invoke();
            _ = _optimizer.step();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
    }

    /// <summary>A Hessian product by double backward.</summary>
    internal double Hessian(IReadOnlyList<torch.Tensor> vectors)
    {
        long start = Stopwatch.GetTimestamp();
        using var scope = torch.NewDisposeScope();
        torch.Tensor[] parameters = [.. _model.parameters()];
        var gradients = torch.autograd.grad([Loss()], parameters, create_graph: true, retain_graph: true);
        _ = torch.autograd.grad([.. gradients], parameters, [.. vectors]);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private torch.Tensor Loss()
    {
        var output = _model.call(_x);
        return _y.dtype == torch.int64 ? F.cross_entropy(output.view(-1, output.shape[^1]), _y) : F.mse_loss(output, _y);
    }
}
