using Kappa.Tensors;

namespace Kappa.TorchSharp.Tests;

/// <summary>The device that is held to the host: libtorch's processor, unless the environment names a card.</summary>
internal static class TestedDevice
{
    internal static Device Current => Environment.GetEnvironmentVariable("KAPPA_TEST_DEVICE") == "cuda" ? TorchDevice.Cuda() : TorchDevice.Cpu;
}
