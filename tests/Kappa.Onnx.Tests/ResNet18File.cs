using System.Reflection;

namespace Kappa.Onnx.Tests;

/// <summary>The pretrained ResNet-18 of a package: 62 MB, opset 8, inputs of [1, 3, 224, 224].</summary>
internal static class ResNet18File
{
    internal static string Path { get; } = typeof(ResNet18File).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "ResNet18").Value!;
}
