using System.Reflection;
using Xunit.Sdk;

namespace Kappa.Mpi.Tests;

/// <summary>A case of a theory for each MPI library of this test run; the library is the first argument.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EachLibraryAttribute(params object[] arguments) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => MpiRun.Tested.Select(kind => (object[])[kind, .. arguments]);
}
