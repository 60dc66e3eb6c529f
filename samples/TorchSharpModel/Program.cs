// Kappa's methods on a model of TorchSharp: rescaled before training, trained by AdamW behind DoPr, diagnosed, and probed.
using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.TorchSharp;
using TorchSharp;
using F = TorchSharp.torch.nn.functional;

const int Examples = 512, Features = 20, Classes = 4;
try
{
    torch.random.manual_seed(1).Dispose();
}
catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or NotSupportedException)
{
    Console.Error.WriteLine(
        $"libtorch cannot be loaded: {error.GetBaseException().Message.Split('\n')[0]} TorchSharp 0.107 needs Debian 13, Ubuntu 24.04 or later");
    return 1;
}

// Features whose scales differ a hundredfold: what activation preconditioning is for.
var scales = torch.logspace(-1, 1, Features);
var x = torch.randn(Examples, Features) * scales;
var labels = (x / scales).matmul(torch.randn(Features, Classes)).argmax(1);
var model = torch.nn.Sequential(
    ("first", torch.nn.Linear(Features, 64)), ("relu", torch.nn.ReLU()), ("hidden", torch.nn.Linear(64, 64)), ("relu2", torch.nn.ReLU()),
    ("last", torch.nn.Linear(64, Classes)));

var rescaled = TorchPathConditioning.Rescale(model);
Console.WriteLine($"PathCond: criterion {rescaled.CriterionBefore:F1} to {rescaled.CriterionAfter:F1}");

using var optimizer = new DoPr(torch.optim.AdamW(model.parameters(), 3e-3), model);
var schedule = torch.optim.lr_scheduler.StepLR(optimizer, 50, 0.5);
for (int step = 0; step < 150; step++)
{
    using var scope = torch.NewDisposeScope();
    optimizer.zero_grad();
    var loss = F.cross_entropy(model.call(x), labels);
    loss.backward();
    optimizer.step();
    schedule.step();
    if (step % 50 == 49)
        Console.WriteLine($"step {step + 1}: loss {loss.item<float>():F4}");
}

model.eval();
foreach (var (name, spectrum) in TorchDiagnostics.Weights(model))
    Console.WriteLine($"{name}: singular values {spectrum.Smallest:F3} to {spectrum.Largest:F3}");
foreach (var units in TorchDiagnostics.Units(model, x))
    Console.WriteLine($"{units.Layer}: {units.DormantFraction(0.025):P0} of the units dormant");

var risk = TorchRisk.Of(model, (output, target) => F.cross_entropy(output, target), x, labels);
using var top = Lanczos.Solve(new HessianOperator(risk), 3);
Console.WriteLine($"Hessian: largest eigenvalues {string.Join(", ", top.Eigenvalues.Select(value => value.ToString("F3")))}");
return 0;
