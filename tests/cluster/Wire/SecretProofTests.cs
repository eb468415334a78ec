using Marekvs.Cluster.Gossip.Wire;
using Role = Marekvs.Cluster.Gossip.Wire.SecretProof.Role;

namespace Marekvs.Cluster.Tests.Wire;

[TestClass]
public sealed class SecretProofTests
{
    private readonly byte[] _caller = SecretProof.NewNonce();
    private readonly byte[] _answerer = SecretProof.NewNonce();
    private readonly byte[] _transcript = [1, 2, 3];

    [TestMethod]
    public void Proof_SameSecret_IsAccepted() =>
        Assert.IsTrue(IsProved(Make("hush"), Make("hush"), Role.Caller, Role.Caller));

    [TestMethod]
    public void Proof_NoSecretOnBothEnds_IsEmptyAndAccepted() =>
        Assert.IsTrue(IsProved(Make(""), Make(""), Role.Caller, Role.Caller));

    [TestMethod]
    [DataRow("hush", "other")]
    [DataRow("hush", "")]
    [DataRow("", "hush")]
    public void Proof_AnotherSecret_IsRefused(string mine, string theirs) =>
        Assert.IsFalse(IsProved(Make(mine), Make(theirs), Role.Caller, Role.Caller));

    [TestMethod]
    public void Proof_SentBackByTheOtherEnd_IsRefused() =>
        Assert.IsFalse(IsProved(Make("hush"), Make("hush"), Role.Caller, Role.Answerer));

    [TestMethod]
    public void Proof_OfAnotherClusterOrPurpose_IsRefused()
    {
        Assert.IsFalse(IsProved(Make("hush"), Make("hush", cluster: "other"), Role.Caller, Role.Caller));
        Assert.IsFalse(IsProved(Make("hush"), Make("hush", purpose: "gossip"), Role.Caller, Role.Caller));
    }

    [TestMethod]
    public void Proof_OtherNonceOrTranscript_IsRefused()
    {
        SecretProof proof = Make("hush");
        byte[] proved = proof.Prove(Role.Answerer, _caller, _answerer, _transcript);

        Assert.IsTrue(proof.IsProved(Role.Answerer, _caller, _answerer, _transcript, proved));
        Assert.IsFalse(proof.IsProved(Role.Answerer, SecretProof.NewNonce(), _answerer, _transcript, proved));
        Assert.IsFalse(proof.IsProved(Role.Answerer, _caller, SecretProof.NewNonce(), _transcript, proved));
        Assert.IsFalse(proof.IsProved(Role.Answerer, _caller, _answerer, [1, 2, 4], proved));
        Assert.IsFalse(proof.IsProved(Role.Answerer, _caller, _answerer, _transcript, proved.AsSpan(0, 8)));
        Assert.IsFalse(proof.IsProved(Role.Answerer, _caller, _answerer, _transcript, []));
    }

    [TestMethod]
    public void Proof_NonceOfAnotherLength_CannotShiftTheTranscript() => Assert.ThrowsExactly<ArgumentException>(
        () => Make("hush").Prove(Role.Caller, _caller.AsSpan(1), _answerer, _transcript));

    private bool IsProved(SecretProof prover, SecretProof checker, Role proved, Role expected) => checker.IsProved(
        expected, _caller, _answerer, _transcript, prover.Prove(proved, _caller, _answerer, _transcript));

    private static SecretProof Make(string secret, string cluster = "test", string purpose = "mesh") =>
        new(ClusterSecret.Derive(secret, cluster, purpose));
}
