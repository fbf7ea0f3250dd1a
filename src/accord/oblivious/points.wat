;; Sums of many points of edwards25519, each times a number of 256 bits, for `points.py`, which says what they are for.
;;
;; A field element modulo p = 2^255 - 19 is five limbs of 51 bits (8 bytes each, lowest first), which may be a little
;; larger between operations: as `mul` and `square` give them they are below 2^51 + 2^13, as `add` and `sub` of two of
;; these below 2^54, which `mul` takes. A product of limbs has 128 bits (`i64.mul_wide_u`).
;; A point is X Y Z T (extended coordinates, x = X/Z, y = Y/Z, xy = T/Z). A point to be added, whose Z is 1, is
;; y + x, y - x, 2dxy. Formulas: Hisil, Wong, Carter, Dawson, "Twisted Edwards curves revisited" (2008), which hold for
;; every pair of points. Everything here is public to both sides, so time may depend on it.
(module
  (memory (export "memory") 24)

  ;; where things lie: constants, which points.py writes; fields to work in; points; buckets; from 32768 what is given
  (global $mask i64 (i64.const 0x7ffffffffffff))
  (global $zero i32 (i32.const 0))
  (global $one i32 (i32.const 40))
  (global $minus_one i32 (i32.const 80))
  (global $minus_i i32 (i32.const 120))    ;; -sqrt(-1)
  (global $d i32 (i32.const 160))
  (global $2d i32 (i32.const 200))
  (global $t0 i32 (i32.const 240))
  (global $t1 i32 (i32.const 280))
  (global $t2 i32 (i32.const 320))
  (global $t3 i32 (i32.const 360))
  (global $u i32 (i32.const 400))
  (global $v i32 (i32.const 440))
  (global $w i32 (i32.const 480))
  (global $s i32 (i32.const 520))
  (global $x i32 (i32.const 560))
  (global $y i32 (i32.const 600))
  (global $root i32 (i32.const 640))
  (global $e i32 (i32.const 680))
  (global $f i32 (i32.const 720))
  (global $g i32 (i32.const 760))
  (global $h i32 (i32.const 800))
  (global $running i32 (i32.const 1024))
  (global $window i32 (i32.const 1184))
  (global $total i32 (i32.const 1344))
  (global $buckets i32 (i32.const 2048))
  (global $buckets_end i32 (i32.const 22528))    ;; 128 of 160 bytes

  ;; o = a b: each column of products with its carry; what reaches 2^255 counts 19 times from below
  (func $mul (param $o i32) (param $a i32) (param $b i32)
    (local $a0 i64) (local $a1 i64) (local $a2 i64) (local $a3 i64) (local $a4 i64)
    (local $b0 i64) (local $b1 i64) (local $b2 i64) (local $b3 i64) (local $b4 i64)
    (local $n1 i64) (local $n2 i64) (local $n3 i64) (local $n4 i64)
    (local $r0 i64) (local $r1 i64) (local $r2 i64) (local $r3 i64) (local $r4 i64)
    (local $l i64) (local $h i64) (local $c i64)
    (local.set $a0 (i64.load offset=0 (local.get $a)))
    (local.set $a1 (i64.load offset=8 (local.get $a)))
    (local.set $a2 (i64.load offset=16 (local.get $a)))
    (local.set $a3 (i64.load offset=24 (local.get $a)))
    (local.set $a4 (i64.load offset=32 (local.get $a)))
    (local.set $b0 (i64.load offset=0 (local.get $b)))
    (local.set $b1 (i64.load offset=8 (local.get $b)))
    (local.set $b2 (i64.load offset=16 (local.get $b)))
    (local.set $b3 (i64.load offset=24 (local.get $b)))
    (local.set $b4 (i64.load offset=32 (local.get $b)))
    (local.set $n1 (i64.mul (local.get $b1) (i64.const 19)))
    (local.set $n2 (i64.mul (local.get $b2) (i64.const 19)))
    (local.set $n3 (i64.mul (local.get $b3) (i64.const 19)))
    (local.set $n4 (i64.mul (local.get $b4) (i64.const 19)))
    (i64.mul_wide_u (local.get $a0) (local.get $b0))
    (i64.mul_wide_u (local.get $a1) (local.get $n4)) i64.add128
    (i64.mul_wide_u (local.get $a2) (local.get $n3)) i64.add128
    (i64.mul_wide_u (local.get $a3) (local.get $n2)) i64.add128
    (i64.mul_wide_u (local.get $a4) (local.get $n1)) i64.add128
    local.set $h local.set $l
    (local.set $r0 (i64.and (local.get $l) (global.get $mask)))
    (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
    (i64.mul_wide_u (local.get $a0) (local.get $b1))
    (i64.mul_wide_u (local.get $a1) (local.get $b0)) i64.add128
    (i64.mul_wide_u (local.get $a2) (local.get $n4)) i64.add128
    (i64.mul_wide_u (local.get $a3) (local.get $n3)) i64.add128
    (i64.mul_wide_u (local.get $a4) (local.get $n2)) i64.add128
    (local.get $c) (i64.const 0) i64.add128
    local.set $h local.set $l
    (local.set $r1 (i64.and (local.get $l) (global.get $mask)))
    (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
    (i64.mul_wide_u (local.get $a0) (local.get $b2))
    (i64.mul_wide_u (local.get $a1) (local.get $b1)) i64.add128
    (i64.mul_wide_u (local.get $a2) (local.get $b0)) i64.add128
    (i64.mul_wide_u (local.get $a3) (local.get $n4)) i64.add128
    (i64.mul_wide_u (local.get $a4) (local.get $n3)) i64.add128
    (local.get $c) (i64.const 0) i64.add128
    local.set $h local.set $l
    (local.set $r2 (i64.and (local.get $l) (global.get $mask)))
    (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
    (i64.mul_wide_u (local.get $a0) (local.get $b3))
    (i64.mul_wide_u (local.get $a1) (local.get $b2)) i64.add128
    (i64.mul_wide_u (local.get $a2) (local.get $b1)) i64.add128
    (i64.mul_wide_u (local.get $a3) (local.get $b0)) i64.add128
    (i64.mul_wide_u (local.get $a4) (local.get $n4)) i64.add128
    (local.get $c) (i64.const 0) i64.add128
    local.set $h local.set $l
    (local.set $r3 (i64.and (local.get $l) (global.get $mask)))
    (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
    (i64.mul_wide_u (local.get $a0) (local.get $b4))
    (i64.mul_wide_u (local.get $a1) (local.get $b3)) i64.add128
    (i64.mul_wide_u (local.get $a2) (local.get $b2)) i64.add128
    (i64.mul_wide_u (local.get $a3) (local.get $b1)) i64.add128
    (i64.mul_wide_u (local.get $a4) (local.get $b0)) i64.add128
    (local.get $c) (i64.const 0) i64.add128
    local.set $h local.set $l
    (local.set $r4 (i64.and (local.get $l) (global.get $mask)))
    (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
    (local.set $r0 (i64.add (local.get $r0) (i64.mul (local.get $c) (i64.const 19))))
    (local.set $r1 (i64.add (local.get $r1) (i64.shr_u (local.get $r0) (i64.const 51))))
    (local.set $r0 (i64.and (local.get $r0) (global.get $mask)))
    (i64.store offset=0 (local.get $o) (local.get $r0))
    (i64.store offset=8 (local.get $o) (local.get $r1))
    (i64.store offset=16 (local.get $o) (local.get $r2))
    (i64.store offset=24 (local.get $o) (local.get $r3))
    (i64.store offset=32 (local.get $o) (local.get $r4))
  )

  ;; o = a^(2^times), times >= 1
  (func $square (param $o i32) (param $a i32) (param $times i32)
    (local $a0 i64) (local $a1 i64) (local $a2 i64) (local $a3 i64) (local $a4 i64)
    (local $d0 i64) (local $d1 i64) (local $d2 i64) (local $d3 i64)
    (local $n3 i64) (local $n4 i64)
    (local $r0 i64) (local $r1 i64) (local $r2 i64) (local $r3 i64) (local $r4 i64)
    (local $l i64) (local $h i64) (local $c i64)
    (local.set $r0 (i64.load offset=0 (local.get $a)))
    (local.set $r1 (i64.load offset=8 (local.get $a)))
    (local.set $r2 (i64.load offset=16 (local.get $a)))
    (local.set $r3 (i64.load offset=24 (local.get $a)))
    (local.set $r4 (i64.load offset=32 (local.get $a)))
    (loop $again
      (local.set $a0 (local.get $r0))
      (local.set $a1 (local.get $r1))
      (local.set $a2 (local.get $r2))
      (local.set $a3 (local.get $r3))
      (local.set $a4 (local.get $r4))
      (local.set $d0 (i64.shl (local.get $a0) (i64.const 1)))
      (local.set $d1 (i64.shl (local.get $a1) (i64.const 1)))
      (local.set $d2 (i64.shl (local.get $a2) (i64.const 1)))
      (local.set $d3 (i64.shl (local.get $a3) (i64.const 1)))
      (local.set $n3 (i64.mul (local.get $a3) (i64.const 19)))
      (local.set $n4 (i64.mul (local.get $a4) (i64.const 19)))
      (i64.mul_wide_u (local.get $a0) (local.get $a0))
      (i64.mul_wide_u (local.get $d1) (local.get $n4)) i64.add128
      (i64.mul_wide_u (local.get $d2) (local.get $n3)) i64.add128
      local.set $h local.set $l
      (local.set $r0 (i64.and (local.get $l) (global.get $mask)))
      (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
      (i64.mul_wide_u (local.get $d0) (local.get $a1))
      (i64.mul_wide_u (local.get $d2) (local.get $n4)) i64.add128
      (i64.mul_wide_u (local.get $a3) (local.get $n3)) i64.add128
      (local.get $c) (i64.const 0) i64.add128
      local.set $h local.set $l
      (local.set $r1 (i64.and (local.get $l) (global.get $mask)))
      (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
      (i64.mul_wide_u (local.get $d0) (local.get $a2))
      (i64.mul_wide_u (local.get $a1) (local.get $a1)) i64.add128
      (i64.mul_wide_u (local.get $d3) (local.get $n4)) i64.add128
      (local.get $c) (i64.const 0) i64.add128
      local.set $h local.set $l
      (local.set $r2 (i64.and (local.get $l) (global.get $mask)))
      (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
      (i64.mul_wide_u (local.get $d0) (local.get $a3))
      (i64.mul_wide_u (local.get $d1) (local.get $a2)) i64.add128
      (i64.mul_wide_u (local.get $a4) (local.get $n4)) i64.add128
      (local.get $c) (i64.const 0) i64.add128
      local.set $h local.set $l
      (local.set $r3 (i64.and (local.get $l) (global.get $mask)))
      (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
      (i64.mul_wide_u (local.get $d0) (local.get $a4))
      (i64.mul_wide_u (local.get $d1) (local.get $a3)) i64.add128
      (i64.mul_wide_u (local.get $a2) (local.get $a2)) i64.add128
      (local.get $c) (i64.const 0) i64.add128
      local.set $h local.set $l
      (local.set $r4 (i64.and (local.get $l) (global.get $mask)))
      (local.set $c (i64.or (i64.shr_u (local.get $l) (i64.const 51)) (i64.shl (local.get $h) (i64.const 13))))
      (local.set $r0 (i64.add (local.get $r0) (i64.mul (local.get $c) (i64.const 19))))
      (local.set $r1 (i64.add (local.get $r1) (i64.shr_u (local.get $r0) (i64.const 51))))
      (local.set $r0 (i64.and (local.get $r0) (global.get $mask)))
      (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (i64.store offset=0 (local.get $o) (local.get $r0))
    (i64.store offset=8 (local.get $o) (local.get $r1))
    (i64.store offset=16 (local.get $o) (local.get $r2))
    (i64.store offset=24 (local.get $o) (local.get $r3))
    (i64.store offset=32 (local.get $o) (local.get $r4))
  )

  ;; o = a + b, nothing carried
  (func $add (param $o i32) (param $a i32) (param $b i32)
    (i64.store offset=0 (local.get $o)
      (i64.add (i64.load offset=0 (local.get $a)) (i64.load offset=0 (local.get $b))))
    (i64.store offset=8 (local.get $o)
      (i64.add (i64.load offset=8 (local.get $a)) (i64.load offset=8 (local.get $b))))
    (i64.store offset=16 (local.get $o)
      (i64.add (i64.load offset=16 (local.get $a)) (i64.load offset=16 (local.get $b))))
    (i64.store offset=24 (local.get $o)
      (i64.add (i64.load offset=24 (local.get $a)) (i64.load offset=24 (local.get $b))))
    (i64.store offset=32 (local.get $o)
      (i64.add (i64.load offset=32 (local.get $a)) (i64.load offset=32 (local.get $b))))
  )

  ;; o = a - b + 4 p, nothing carried; b as `mul` gives it, or a sum of two of these
  (func $sub (param $o i32) (param $a i32) (param $b i32)
    (i64.store offset=0 (local.get $o)
      (i64.sub
        (i64.add (i64.load offset=0 (local.get $a)) (i64.const 0x1fffffffffffb4))
        (i64.load offset=0 (local.get $b))))
    (i64.store offset=8 (local.get $o)
      (i64.sub
        (i64.add (i64.load offset=8 (local.get $a)) (i64.const 0x1ffffffffffffc))
        (i64.load offset=8 (local.get $b))))
    (i64.store offset=16 (local.get $o)
      (i64.sub
        (i64.add (i64.load offset=16 (local.get $a)) (i64.const 0x1ffffffffffffc))
        (i64.load offset=16 (local.get $b))))
    (i64.store offset=24 (local.get $o)
      (i64.sub
        (i64.add (i64.load offset=24 (local.get $a)) (i64.const 0x1ffffffffffffc))
        (i64.load offset=24 (local.get $b))))
    (i64.store offset=32 (local.get $o)
      (i64.sub
        (i64.add (i64.load offset=32 (local.get $a)) (i64.const 0x1ffffffffffffc))
        (i64.load offset=32 (local.get $b))))
  )

  ;; a, to its only form below p
  (func $canonical (param $a i32)
    (local $r0 i64) (local $r1 i64) (local $r2 i64) (local $r3 i64) (local $r4 i64) (local $q i64) (local $rounds i32)
    (local.set $r0 (i64.load offset=0 (local.get $a)))
    (local.set $r1 (i64.load offset=8 (local.get $a)))
    (local.set $r2 (i64.load offset=16 (local.get $a)))
    (local.set $r3 (i64.load offset=24 (local.get $a)))
    (local.set $r4 (i64.load offset=32 (local.get $a)))
    (local.set $rounds (i32.const 2))
    (loop $carry    ;; limbs below 2^51, but for the first, which is at most 18 more
      (local.set $r1 (i64.add (local.get $r1) (i64.shr_u (local.get $r0) (i64.const 51))))
      (local.set $r0 (i64.and (local.get $r0) (global.get $mask)))
      (local.set $r2 (i64.add (local.get $r2) (i64.shr_u (local.get $r1) (i64.const 51))))
      (local.set $r1 (i64.and (local.get $r1) (global.get $mask)))
      (local.set $r3 (i64.add (local.get $r3) (i64.shr_u (local.get $r2) (i64.const 51))))
      (local.set $r2 (i64.and (local.get $r2) (global.get $mask)))
      (local.set $r4 (i64.add (local.get $r4) (i64.shr_u (local.get $r3) (i64.const 51))))
      (local.set $r3 (i64.and (local.get $r3) (global.get $mask)))
      (local.set $r0 (i64.add (local.get $r0) (i64.mul (i64.shr_u (local.get $r4) (i64.const 51)) (i64.const 19))))
      (local.set $r4 (i64.and (local.get $r4) (global.get $mask)))
      (br_if $carry (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.set $q (i64.const 19))    ;; q: whether the value plus 19 reaches 2^255, so whether it reaches p
    (local.set $q (i64.shr_u (i64.add (local.get $r0) (local.get $q)) (i64.const 51)))
    (local.set $q (i64.shr_u (i64.add (local.get $r1) (local.get $q)) (i64.const 51)))
    (local.set $q (i64.shr_u (i64.add (local.get $r2) (local.get $q)) (i64.const 51)))
    (local.set $q (i64.shr_u (i64.add (local.get $r3) (local.get $q)) (i64.const 51)))
    (local.set $q (i64.shr_u (i64.add (local.get $r4) (local.get $q)) (i64.const 51)))
    (local.set $r0 (i64.add (local.get $r0) (i64.mul (local.get $q) (i64.const 19))))
    (local.set $r1 (i64.add (local.get $r1) (i64.shr_u (local.get $r0) (i64.const 51))))
    (local.set $r2 (i64.add (local.get $r2) (i64.shr_u (local.get $r1) (i64.const 51))))
    (local.set $r3 (i64.add (local.get $r3) (i64.shr_u (local.get $r2) (i64.const 51))))
    (local.set $r4 (i64.add (local.get $r4) (i64.shr_u (local.get $r3) (i64.const 51))))
    (i64.store offset=0 (local.get $a) (i64.and (local.get $r0) (global.get $mask)))
    (i64.store offset=8 (local.get $a) (i64.and (local.get $r1) (global.get $mask)))
    (i64.store offset=16 (local.get $a) (i64.and (local.get $r2) (global.get $mask)))
    (i64.store offset=24 (local.get $a) (i64.and (local.get $r3) (global.get $mask)))
    (i64.store offset=32 (local.get $a) (i64.and (local.get $r4) (global.get $mask)))
  )

  ;; whether two canonical elements are the same
  (func $same (param $a i32) (param $b i32) (result i32)
    (i64.eqz (i64.or (i64.or (i64.or (i64.or
      (i64.xor (i64.load offset=0 (local.get $a)) (i64.load offset=0 (local.get $b)))
      (i64.xor (i64.load offset=8 (local.get $a)) (i64.load offset=8 (local.get $b))))
      (i64.xor (i64.load offset=16 (local.get $a)) (i64.load offset=16 (local.get $b))))
      (i64.xor (i64.load offset=24 (local.get $a)) (i64.load offset=24 (local.get $b))))
      (i64.xor (i64.load offset=32 (local.get $a)) (i64.load offset=32 (local.get $b))))))

  ;; root = 1 / sqrt(v) up to its sign (RFC 9496 4.2, SQRT_RATIO_M1 of 1 and v); 0 when v has no square root
  (func $inverse_root (result i32)
    (call $square (global.get $w) (global.get $v) (i32.const 1))
    (call $mul (global.get $root) (global.get $w) (global.get $v))           ;; v^3
    (call $square (global.get $w) (global.get $root) (i32.const 1))
    (call $mul (global.get $w) (global.get $w) (global.get $v))              ;; v^7
    (call $power)                                                            ;; t0 = w^((p - 5) / 8)
    (call $mul (global.get $root) (global.get $root) (global.get $t0))
    (call $square (global.get $w) (global.get $root) (i32.const 1))
    (call $mul (global.get $w) (global.get $w) (global.get $v))              ;; 1, -1, i or -i
    (call $canonical (global.get $w))
    (if (i32.or
        (call $same (global.get $w) (global.get $minus_one))
        (call $same (global.get $w) (global.get $minus_i)))
      (then
        (call $mul (global.get $root) (global.get $root) (global.get $minus_i))
        (return (call $same (global.get $w) (global.get $minus_one)))))
    (call $same (global.get $w) (global.get $one)))

  ;; t0 = w^((p - 5) / 8) = w^(2^252 - 3); the comment is the exponent of what is computed
  (func $power
    (call $square (global.get $t0) (global.get $w) (i32.const 1))            ;; 2
    (call $square (global.get $t1) (global.get $t0) (i32.const 2))           ;; 8
    (call $mul (global.get $t1) (global.get $w) (global.get $t1))            ;; 9
    (call $mul (global.get $t0) (global.get $t0) (global.get $t1))           ;; 11
    (call $square (global.get $t0) (global.get $t0) (i32.const 1))           ;; 22
    (call $mul (global.get $t0) (global.get $t1) (global.get $t0))           ;; 2^5 - 1
    (call $square (global.get $t1) (global.get $t0) (i32.const 5))
    (call $mul (global.get $t0) (global.get $t1) (global.get $t0))           ;; 2^10 - 1
    (call $square (global.get $t1) (global.get $t0) (i32.const 10))
    (call $mul (global.get $t1) (global.get $t1) (global.get $t0))           ;; 2^20 - 1
    (call $square (global.get $t2) (global.get $t1) (i32.const 20))
    (call $mul (global.get $t1) (global.get $t2) (global.get $t1))           ;; 2^40 - 1
    (call $square (global.get $t1) (global.get $t1) (i32.const 10))
    (call $mul (global.get $t0) (global.get $t1) (global.get $t0))           ;; 2^50 - 1
    (call $square (global.get $t1) (global.get $t0) (i32.const 50))
    (call $mul (global.get $t1) (global.get $t1) (global.get $t0))           ;; 2^100 - 1
    (call $square (global.get $t2) (global.get $t1) (i32.const 100))
    (call $mul (global.get $t1) (global.get $t2) (global.get $t1))           ;; 2^200 - 1
    (call $square (global.get $t1) (global.get $t1) (i32.const 50))
    (call $mul (global.get $t0) (global.get $t1) (global.get $t0))           ;; 2^250 - 1
    (call $square (global.get $t0) (global.get $t0) (i32.const 2))
    (call $mul (global.get $t0) (global.get $t0) (global.get $w)))           ;; 2^252 - 3

  ;; a, or -a: the one that is even in canonical form
  (func $absolute (param $a i32)
    (call $canonical (local.get $a))
    (if (i32.and (i32.wrap_i64 (i64.load (local.get $a))) (i32.const 1))
      (then
        (call $sub (local.get $a) (global.get $zero) (local.get $a))
        (call $canonical (local.get $a)))))

  ;; s = the field element that 32 bytes encode; 0 when they are not the canonical form of an even one
  (func $read (param $from i32) (result i32)
    (local $w0 i64) (local $w1 i64) (local $w2 i64) (local $w3 i64)
    (local.set $w0 (i64.load (local.get $from)))
    (local.set $w1 (i64.load offset=8 (local.get $from)))
    (local.set $w2 (i64.load offset=16 (local.get $from)))
    (local.set $w3 (i64.load offset=24 (local.get $from)))
    (i64.store (global.get $s) (i64.and (local.get $w0) (global.get $mask)))
    (i64.store offset=8 (global.get $s) (i64.and (global.get $mask)
      (i64.or (i64.shr_u (local.get $w0) (i64.const 51)) (i64.shl (local.get $w1) (i64.const 13)))))
    (i64.store offset=16 (global.get $s) (i64.and (global.get $mask)
      (i64.or (i64.shr_u (local.get $w1) (i64.const 38)) (i64.shl (local.get $w2) (i64.const 26)))))
    (i64.store offset=24 (global.get $s) (i64.and (global.get $mask)
      (i64.or (i64.shr_u (local.get $w2) (i64.const 25)) (i64.shl (local.get $w3) (i64.const 39)))))
    (i64.store offset=32 (global.get $s) (i64.shr_u (local.get $w3) (i64.const 12)))    ;; with the bit that must be 0
    (call $add (global.get $w) (global.get $zero) (global.get $s))
    (call $canonical (global.get $w))
    (i32.and
      (call $same (global.get $w) (global.get $s))
      (i32.eqz (i32.and (i32.wrap_i64 (local.get $w0)) (i32.const 1)))))

  ;; RFC 9496 4.3.1 Decode of `count` encodings (32 bytes each) to points to be added (120 bytes each); returns the
  ;; number of the first that is none, or `count`
  (func (export "decode") (param $from i32) (param $to i32) (param $count i32) (result i32)
    (local $number i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $number) (local.get $count)))
        (br_if $done (i32.eqz (call $read (local.get $from))))
        (call $square (global.get $t3) (global.get $s) (i32.const 1))
        (call $sub (global.get $u) (global.get $one) (global.get $t3))       ;; u = 1 - s^2
        (call $add (global.get $e) (global.get $one) (global.get $t3))       ;; e = 1 + s^2
        (call $square (global.get $f) (global.get $e) (i32.const 1))
        (call $square (global.get $v) (global.get $u) (i32.const 1))
        (call $mul (global.get $v) (global.get $v) (global.get $d))
        (call $add (global.get $v) (global.get $v) (global.get $f))
        (call $sub (global.get $h) (global.get $zero) (global.get $v))       ;; h = -d u^2 - e^2
        (call $mul (global.get $v) (global.get $h) (global.get $f))
        (br_if $done (i32.eqz (call $inverse_root)))                         ;; root = 1 / sqrt(h e^2)
        (call $mul (global.get $x) (global.get $root) (global.get $e))
        (call $mul (global.get $y) (global.get $root) (global.get $x))
        (call $mul (global.get $y) (global.get $y) (global.get $h))
        (call $mul (global.get $y) (global.get $y) (global.get $u))
        (call $mul (global.get $x) (global.get $x) (global.get $s))
        (call $add (global.get $x) (global.get $x) (global.get $x))
        (call $absolute (global.get $x))
        (call $canonical (global.get $y))
        (call $mul (global.get $t0) (global.get $x) (global.get $y))
        (call $canonical (global.get $t0))
        (br_if $done (i32.and (i32.wrap_i64 (i64.load (global.get $t0))) (i32.const 1)))
        (br_if $done (call $same (global.get $y) (global.get $zero)))
        (call $add (local.get $to) (global.get $y) (global.get $x))
        (call $sub (i32.add (local.get $to) (i32.const 40)) (global.get $y) (global.get $x))
        (call $mul (i32.add (local.get $to) (i32.const 80)) (global.get $t0) (global.get $2d))
        (local.set $from (i32.add (local.get $from) (i32.const 32)))
        (local.set $to (i32.add (local.get $to) (i32.const 120)))
        (local.set $number (i32.add (local.get $number) (i32.const 1)))
        (br $next)))
    (local.get $number))

  (func $clear (param $p i32)
    (memory.fill (local.get $p) (i32.const 0) (i32.const 160))
    (i64.store offset=40 (local.get $p) (i64.const 1))
    (i64.store offset=80 (local.get $p) (i64.const 1)))

  ;; p = the point that e, f, g, h give: X = ef, Y = gh, Z = fg, T = eh
  (func $close (param $p i32) (param $f i32) (param $g i32)
    (call $mul (local.get $p) (global.get $e) (local.get $f))
    (call $mul (i32.add (local.get $p) (i32.const 40)) (local.get $g) (global.get $h))
    (call $mul (i32.add (local.get $p) (i32.const 80)) (local.get $f) (local.get $g))
    (call $mul (i32.add (local.get $p) (i32.const 120)) (global.get $e) (global.get $h)))

  ;; p + q, q a point to be added, or p - q when `minus`: then its first two fields change places, and f and g
  (func $add_point (param $p i32) (param $q i32) (param $minus i32)
    (local $first i32)
    (local.set $first (i32.mul (local.get $minus) (i32.const 40)))
    (call $sub (global.get $t0) (i32.add (local.get $p) (i32.const 40)) (local.get $p))
    (call $mul (global.get $t0) (global.get $t0) (i32.sub (i32.add (local.get $q) (i32.const 40)) (local.get $first)))
    (call $add (global.get $t1) (i32.add (local.get $p) (i32.const 40)) (local.get $p))
    (call $mul (global.get $t1) (global.get $t1) (i32.add (local.get $q) (local.get $first)))
    (call $mul (global.get $t2) (i32.add (local.get $p) (i32.const 120)) (i32.add (local.get $q) (i32.const 80)))
    (call $add (global.get $t3) (i32.add (local.get $p) (i32.const 80)) (i32.add (local.get $p) (i32.const 80)))
    (call $sub (global.get $e) (global.get $t1) (global.get $t0))
    (call $sub (global.get $f) (global.get $t3) (global.get $t2))
    (call $add (global.get $g) (global.get $t3) (global.get $t2))
    (call $add (global.get $h) (global.get $t1) (global.get $t0))
    (if (local.get $minus)
      (then (call $close (local.get $p) (global.get $g) (global.get $f)))
      (else (call $close (local.get $p) (global.get $f) (global.get $g)))))

  ;; p + q, both X Y Z T
  (func $join (param $p i32) (param $q i32)
    (call $sub (global.get $t0) (i32.add (local.get $p) (i32.const 40)) (local.get $p))
    (call $sub (global.get $t1) (i32.add (local.get $q) (i32.const 40)) (local.get $q))
    (call $mul (global.get $t0) (global.get $t0) (global.get $t1))
    (call $add (global.get $t1) (i32.add (local.get $p) (i32.const 40)) (local.get $p))
    (call $add (global.get $t2) (i32.add (local.get $q) (i32.const 40)) (local.get $q))
    (call $mul (global.get $t1) (global.get $t1) (global.get $t2))
    (call $mul (global.get $t2) (i32.add (local.get $p) (i32.const 120)) (i32.add (local.get $q) (i32.const 120)))
    (call $mul (global.get $t2) (global.get $t2) (global.get $2d))
    (call $mul (global.get $t3) (i32.add (local.get $p) (i32.const 80)) (i32.add (local.get $q) (i32.const 80)))
    (call $add (global.get $t3) (global.get $t3) (global.get $t3))
    (call $sub (global.get $e) (global.get $t1) (global.get $t0))
    (call $sub (global.get $f) (global.get $t3) (global.get $t2))
    (call $add (global.get $g) (global.get $t3) (global.get $t2))
    (call $add (global.get $h) (global.get $t1) (global.get $t0))
    (call $close (local.get $p) (global.get $f) (global.get $g)))

  ;; total = the sum of `count` points to be added, each times its number: 32 digits of base 256, lowest first, each
  ;; stored as a byte that is 128 too large. From the highest digit down (Pippenger): the points with a digit of the
  ;; same size go into one bucket; all buckets, each as often as its size says, are the running sums from the largest.
  (func (export "sum") (param $digits i32) (param $points i32) (param $count i32)
    (local $place i32) (local $number i32) (local $digit i32) (local $minus i32) (local $bucket i32)
    (call $clear (global.get $total))
    (local.set $place (i32.const 31))
    (loop $next_place
      (local.set $bucket (global.get $buckets))
      (loop $next_bucket
        (call $clear (local.get $bucket))
        (local.set $bucket (i32.add (local.get $bucket) (i32.const 160)))
        (br_if $next_bucket (i32.lt_u (local.get $bucket) (global.get $buckets_end))))
      (local.set $number (i32.const 0))
      (block $all
        (loop $next_point
          (br_if $all (i32.eq (local.get $number) (local.get $count)))
          (local.set $digit (i32.sub (i32.load8_u (i32.add (local.get $digits)
            (i32.add (i32.mul (local.get $number) (i32.const 32)) (local.get $place)))) (i32.const 128)))
          (if (local.get $digit)
            (then
              (local.set $minus (i32.lt_s (local.get $digit) (i32.const 0)))
              (local.set $digit (select
                (i32.sub (i32.const 0) (local.get $digit)) (local.get $digit) (local.get $minus)))
              (call $add_point
                (i32.add (global.get $buckets) (i32.mul (i32.sub (local.get $digit) (i32.const 1)) (i32.const 160)))
                (i32.add (local.get $points) (i32.mul (local.get $number) (i32.const 120)))
                (local.get $minus))))
          (local.set $number (i32.add (local.get $number) (i32.const 1)))
          (br $next_point)))
      (call $clear (global.get $running))
      (call $clear (global.get $window))
      (loop $next_bucket    ;; $bucket stands at the end of them
        (call $join (global.get $running) (local.tee $bucket (i32.sub (local.get $bucket) (i32.const 160))))
        (call $join (global.get $window) (global.get $running))
        (br_if $next_bucket (i32.gt_u (local.get $bucket) (global.get $buckets))))
      (local.set $number (i32.const 8))
      (loop $double
        (call $join (global.get $total) (global.get $total))
        (br_if $double (local.tee $number (i32.sub (local.get $number) (i32.const 1)))))
      (call $join (global.get $total) (global.get $window))
      (br_if $next_place (i32.ge_s (local.tee $place (i32.sub (local.get $place) (i32.const 1))) (i32.const 0)))))
)
